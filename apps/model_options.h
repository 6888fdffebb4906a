// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

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

}  // namespace genocuda::apps
