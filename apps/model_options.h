// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "apps/run_options.h"
#include "learn/predict/predictor.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// What every verb that runs a trained model takes.
struct ModelOptions {
  std::string path;  ///< of model.safetensors
  PredictorOptions predictor;
};

void add_model_options(CLI::App& command, ModelOptions& options);
/// How to predict with it; a batch that had to be made smaller is said.
PredictorOptions predictor_options(const ModelOptions& model, const RunOptions& run);

}  // namespace genocuda::apps
