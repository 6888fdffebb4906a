// SPDX-License-Identifier: Apache-2.0
#include "apps/model_options.h"

#include <CLI/CLI.hpp>

#include "apps/command.h"

namespace genocuda::apps {

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option("--model", options.path, "model.safetensors of a training run")->required();
  command.add_option("--batch", options.predictor.batch, "examples at a time")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_flag("--rc-average", options.predictor.rc_average, "average the predictions for both strands");
  options.predictor.data = DataPlacement::automatic;
  add_data_on_option(command, options.predictor.data);
}

PredictorOptions predictor_options(const ModelOptions& model, const RunOptions& run) {
  PredictorOptions options = model.predictor;
  options.executable = executable_options(run);
  options.on_notice = say_notice;
  return options;
}

}  // namespace genocuda::apps
