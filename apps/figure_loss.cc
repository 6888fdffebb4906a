// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/figure.h"
#include "core/error.h"
#include "draw/chart.h"

namespace genocuda::apps {
namespace {

struct LossFigure {
  std::string run, out;
};

/// What a line of metrics.jsonl says about its epoch; NaN where there is none.
struct EpochLoss {
  double epoch = 0, train = 0, valid = 0;
  bool best = false;
};

EpochLoss epoch_loss(const std::string& line, const std::string& path, int number) {
  try {
    const nlohmann::json json = nlohmann::json::parse(line);
    const auto figure = [&](const char* key) {
      const auto found = json.find(key);
      return found == json.end() || found->is_null() ? std::numeric_limits<double>::quiet_NaN() : found->get<double>();
    };
    return {json.at("epoch").get<double>(), json.at("train_loss").get<double>(), figure("valid_loss"),
            json.at("best").get<bool>()};
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::input_file, "{}:{}: no epoch of a training run (epoch, train_loss, valid_loss, best)", path,
                number);
  }
}

std::vector<EpochLoss> read_losses(const std::string& run) {
  if (std::filesystem::is_regular_file(run)) {
    throw Error(ErrorKind::input_file, "{}: is a file; give the folder of the run that it belongs to", run);
  }
  const std::string path = run + "/metrics.jsonl";
  std::ifstream file(path);
  if (!file) {
    throw Error(ErrorKind::input_file,
                "{}: cannot be read; give the folder that genocuda train wrote, or that of a model, DIR/NAME, of "
                "genocuda denoise",
                path);
  }
  std::vector<EpochLoss> epochs;
  int number = 0;
  for (std::string line; std::getline(file, line);) epochs.push_back(epoch_loss(line, path, ++number));
  if (epochs.empty()) throw Error(ErrorKind::input_file, "{}: no epoch has ended yet", path);
  return epochs;
}

Chart loss_chart(const std::vector<EpochLoss>& epochs) {
  ChartSeries train{"training", {}, {}}, valid{"validation", {}, {}};
  double best = 0;
  for (const EpochLoss& each : epochs) {
    train.x.push_back(each.epoch);
    train.y.push_back(each.train);
    if (each.valid == each.valid) {
      valid.x.push_back(each.epoch);
      valid.y.push_back(each.valid);
    }
    if (each.best) best = each.epoch;
  }
  Chart chart{.title = "loss", .x_label = "epoch", .series = {std::move(train)}, .marks = {}, .whole_x = true};
  if (valid.x.empty()) return chart;
  chart.series.push_back(std::move(valid));
  if (best > 0) chart.marks.push_back({best, fmt::format("best: epoch {}, kept", best)});
  return chart;
}

}  // namespace

void add_loss_figure(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("loss", "Losses of a training run by epoch, and where it was best");
  auto figure = std::make_shared<LossFigure>();
  command->add_option("run", figure->run, "folder that genocuda train wrote, or DIR/NAME of genocuda denoise")
      ->required();
  add_svg_file(*command, figure->out);
  command->callback([figure] {
    const Chart chart = loss_chart(read_losses(figure->run));
    write_text(figure->out, chart_svg({&chart, 1}));
  });
}

}  // namespace genocuda::apps
