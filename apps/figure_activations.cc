// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/figure.h"
#include "core/differentiate.h"
#include "core/error.h"
#include "core/executable.h"
#include "core/ops/activation.h"
#include "core/ops/reduction.h"
#include "draw/chart.h"
#include "genocuda/device.h"

namespace genocuda::apps {
namespace {

struct DrawnActivation {
  const char* title;
  ActivationKind kind;
  double alpha = 0;
};
constexpr DrawnActivation kActivations[] = {
    {"sigmoid", ActivationKind::sigmoid},
    {"tanh", ActivationKind::tanh},
    {"relu", ActivationKind::relu},
    {"thresholded_relu, alpha 1", ActivationKind::thresholded_relu, 1},
    {"leaky_relu, alpha 0.1", ActivationKind::leaky_relu, 0.1},
    {"elu, alpha 1", ActivationKind::elu, 1},
    {"softplus", ActivationKind::softplus},
    {"gelu", ActivationKind::gelu},
};

struct ActivationFigure {
  std::vector<std::string> only;
  double from = -4, to = 4;
  std::string out;
};

/// f and f′ at the points, as the engine computes and differentiates them.
Chart activation_chart(const DrawnActivation& drawn, const std::vector<double>& points, Device& device) {
  Graph graph;
  const Value x = graph.input("x", {DType::f64, {static_cast<std::int64_t>(points.size())}});
  const Value y = activation(x, drawn.kind, drawn.alpha);
  graph.output("y", y);
  graph.output("slope", gradient(sum(y), {&x, 1}).values[0]);  // each y has an x of its own
  VariableStore variables(device);
  Executable executable(graph, variables);
  executable.write<double>("x", points);
  executable.run();
  return {.title = drawn.title,
          .x_label = "x",
          .series = {{"f(x)", points, executable.read<double>("y")},
                     {"f′(x)", points, executable.read<double>("slope"), true}}};
}

std::vector<DrawnActivation> chosen_activations(const std::vector<std::string>& only) {
  std::vector<DrawnActivation> chosen;
  std::string known;
  for (const DrawnActivation& each : kActivations) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name_of(each.kind));
    if (only.empty()) chosen.push_back(each);
  }
  for (const std::string& wanted : only) {
    const auto found =
        std::ranges::find(kActivations, wanted, [](const DrawnActivation& each) { return name_of(each.kind); });
    if (found == std::end(kActivations)) {
      throw Error(ErrorKind::invalid_argument, "there is no activation '{}'; there are {}", wanted, known);
    }
    chosen.push_back(*found);
  }
  return chosen;
}

void draw_activations(const ActivationFigure& figure) {
  constexpr int kPoints = 321;  // an even number of steps, so that 0 is one where the range is symmetric
  if (!(figure.from < figure.to)) {
    throw Error(ErrorKind::invalid_argument, "--from {} is not below --to {}", figure.from, figure.to);
  }
  const std::vector<DrawnActivation> chosen = chosen_activations(figure.only);
  std::vector<double> points;
  for (int i = 0; i < kPoints; ++i) points.push_back(figure.from + (figure.to - figure.from) * i / (kPoints - 1));
  const std::unique_ptr<Device> cpu = open_device("cpu", 1);  // f64, which no GPU here computes
  std::vector<Chart> charts;
  for (const DrawnActivation& each : chosen) charts.push_back(activation_chart(each, points, *cpu));
  write_text(figure.out, chart_svg(charts, std::min(4, static_cast<int>(charts.size()))));
}

}  // namespace

void add_activations_figure(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("activations", "Activations and their derivatives");
  auto figure = std::make_shared<ActivationFigure>();
  command->add_option("--only", figure->only, "activations to draw (default: all)")->delimiter(',');
  command->add_option("--from", figure->from, "first x")->check(CLI::Range(-1e6, 1e6))->capture_default_str();
  command->add_option("--to", figure->to, "last x")->check(CLI::Range(-1e6, 1e6))->capture_default_str();
  add_svg_file(*command, figure->out);
  command->callback([figure] { draw_activations(*figure); });
}

}  // namespace genocuda::apps
