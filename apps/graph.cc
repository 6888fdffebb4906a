// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "core/derivative_graph.h"
#include "core/error.h"
#include "draw/diagram.h"
#include "genocuda/device.h"
#include "genomics/text.h"
#include "learn/model/layers_fit.h"
#include "learn/model/model_diagram.h"
#include "learn/trained_model.h"

namespace genocuda::apps {
namespace {

struct GraphCommand {
  std::string expression, model, forward, format, out;
  std::vector<std::string> at;
  bool backward = false;
  ModelSize size;
};

/// NAME=NUMBER, each name once.
std::map<std::string, double> values_of(const std::vector<std::string>& given) {
  std::map<std::string, double> result;
  for (const std::string& each : given) {
    const std::size_t equals = each.find('=');
    const std::optional<double> number =
        equals == std::string::npos ? std::nullopt : parse_number(std::string_view(each).substr(equals + 1));
    if (!number) throw Error(ErrorKind::invalid_argument, "--at takes NAME=NUMBER such as a=2, not '{}'", each);
    const std::string name(trim(std::string_view(each).substr(0, equals)));
    if (!result.emplace(name, *number).second) {
      throw Error(ErrorKind::invalid_argument, "--at gives '{}' two values", name);
    }
  }
  return result;
}

std::string number(double value) { return fmt::format("{:.6g}", value + 0.0); }  // + 0.0: no "-0"

Diagram diagram_of(const DerivativeGraph& graph, const std::string& expression) {
  Diagram diagram{.title = expression, .boxes = {}, .arrows = {}, .upwards = true};
  const std::string& result = graph.nodes.back().name;
  if (graph.mode == DerivativeMode::forward) diagram.title += fmt::format(" (forward mode, by {})", graph.input);
  if (graph.mode == DerivativeMode::reverse) diagram.title += fmt::format(" (reverse mode, of {})", result);
  for (const DerivativeGraph::Node& node : graph.nodes) {
    const bool input = node.formula.empty();
    DiagramBox box{input ? BoxKind::input : &node == &graph.nodes.back() ? BoxKind::result : BoxKind::operation, {}};
    if (!input) box.lines.push_back({fmt::format("{} = {}", node.name, node.formula), Tone::title});
    box.lines.push_back({fmt::format("{} = {}", node.name, number(node.value)), input ? Tone::title : Tone::plain});
    if (node.derivative) {
      const bool forward = graph.mode == DerivativeMode::forward;
      box.lines.push_back({fmt::format("∂{}/∂{} = {}", forward ? node.name : result, forward ? graph.input : node.name,
                                       number(*node.derivative)),
                           Tone::derivative});
    }
    diagram.boxes.push_back(std::move(box));
  }
  for (const DerivativeGraph::Edge& edge : graph.edges) {
    diagram.arrows.push_back(
        {edge.from, edge.to,
         fmt::format("∂{}/∂{} = {}", graph.nodes[edge.to].name, graph.nodes[edge.from].name, number(edge.derivative))});
  }
  return diagram;
}

ModelSpec model_of(const std::string& name_or_path) {
  const bool trained = name_or_path.ends_with(".safetensors");
  return trained ? read_trained_model(name_or_path).spec : load_model(name_or_path);
}

Diagram diagram_of(const GraphCommand& options) {
  if (options.expression.empty() == options.model.empty()) {
    throw Error(ErrorKind::invalid_argument, "give an expression such as 'e = (a + b) * (b + 1)', or --model");
  }
  if (!options.model.empty()) {
    if (!options.at.empty() || !options.forward.empty() || options.backward) {
      throw Error(ErrorKind::invalid_argument,
                  "--at, --forward and --backward belong to an expression, not to --model");
    }
    const ModelSpec spec = model_of(options.model);
    require_layers_fit(spec, options.size, options.model);
    return model_diagram(spec, options.size);
  }
  DerivativeRequest request{.at = values_of(options.at)};
  if (options.backward) request.mode = DerivativeMode::reverse;
  if (!options.forward.empty()) {
    request.mode = DerivativeMode::forward;
    request.input = options.forward;
  }
  const std::unique_ptr<Device> cpu = open_device("cpu", 1);  // f64, which no GPU here computes
  return diagram_of(derivative_graph(options.expression, request, *cpu), options.expression);
}

bool draws_dot(const GraphCommand& options) {
  if (!options.format.empty()) return options.format == "dot";
  const std::string ending = std::filesystem::path(options.out).extension().string();
  if (ending == ".dot" || ending == ".gv") return true;
  if (ending.empty() || ending == ".svg") return false;  // none: standard output, or a device
  throw Error(ErrorKind::invalid_argument, "{}: give it the ending .svg or .dot, or say --format", options.out);
}

void run(const GraphCommand& options) {
  const bool dot = draws_dot(options);
  const Diagram diagram = diagram_of(options);
  write_text(options.out, dot ? diagram_dot(diagram) : diagram_svg(diagram));
}

[[noreturn]] void refuse(const std::string& word) {
  if (!word.starts_with('-')) {
    throw Error(ErrorKind::invalid_argument, "'{}' is a second formula: one is drawn, and ';' separates its parts",
                word);
  }
  throw Error(ErrorKind::invalid_argument,
              "'{0}' is no option (genocuda graph --help); a formula that begins with '-' goes last, behind --: "
              "genocuda graph --at NAME=NUMBER -- '{0}'",
              word);
}

}  // namespace

void add_graph(CLI::App& app) {
  CLI::App* command = app.add_subcommand("graph", "Draw a formula with its derivatives, or a model (SVG or DOT)");
  auto options = std::make_shared<GraphCommand>();
  CLI::Option* expression = command->add_option(
      "expression", options->expression,
      "formula of scalars: names, numbers, + - * /, parentheses, the engine's activations; several "
      "separated by ';' name the intermediate results; one that begins with '-' goes last, behind --");
  command->add_option("--at", options->at, "value of an input of the formula, NAME=NUMBER (repeat)");
  CLI::Option* forward = command->add_option("--forward", options->forward,
                                             "input by which forward mode differentiates every node of the formula");
  command->add_flag("--backward", options->backward, "reverse mode: derivatives of the formula's result by every node")
      ->excludes(forward);
  command
      ->add_option("--model", options->model,
                   "draw the layers of this model instead: a name (genocuda init), a model file or a trained model")
      ->excludes(expression);
  command->add_option("--length", options->size.length, "bases, of a model that leaves them open")
      ->check(CLI::Range(1, 100000000));
  command->add_option("--n-tasks", options->size.tasks, "tasks, of a model that leaves them open")
      ->check(CLI::Range(1, 1000000));
  command->add_option("--format", options->format, "svg or dot (default: by the name of the file, else svg)")
      ->check(CLI::IsMember({"svg", "dot"}));
  command->add_option("-o,--out", options->out, "file to write (default: standard output)");
  command->footer(
      "Examples:\n"
      "  genocuda graph 'e = (a + b) * (b + 1)' --at a=2 --at b=1 --backward -o graph.svg\n"
      "  genocuda graph 'c = a + b; d = b + 1; e = c * d' --at a=2 --at b=1 --forward b --format dot | dot -Tpng\n"
      "  genocuda graph --model basset -o basset.svg");
  command->allow_extras();  // which are refused below, in other words
  command->callback([options, command] {
    if (const std::vector<std::string> extras = extra_words(*command); !extras.empty()) refuse(extras.front());
    run(*options);
  });
}

}  // namespace genocuda::apps
