// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "learn/data/placement.h"
#include "learn/data/resident_data.h"
#include "learn/predict/predictor.h"
#include "learn/train/sampler.h"
#include "learn/train/training_step.h"

namespace genocuda {

/// What a training runs: its step and the scoring of the validation examples, over data that lie on the device or that
/// batches bring.
class PlacedTraining {
 public:
  struct Options {
    DataPlacement data = DataPlacement::automatic;
    ExecutableOptions executable = {};
    std::function<void(const std::string&)> on_notice = {};
  };

  /// The sampler is that of `train`; `valid` may be null. All that is given by reference must outlive it. Throws
  /// Error(out_of_memory) as place_data() does.
  PlacedTraining(const ModelSpec& spec, const TrainingSettings& settings, const Examples& train, const Examples* valid,
                 const TrainingSampler& sampler, VariableStore& variables, const Options& options);
  PlacedTraining(const PlacedTraining&) = delete;
  PlacedTraining& operator=(const PlacedTraining&) = delete;

  TrainingStep& step() { return *step_; }
  const TrainingStep& step() const { return *step_; }
  /// There is one where there are validation examples.
  Predictor& evaluator() { return *evaluator_; }
  /// "12.5 MB on cuda:0", "on the host: they do not fit on cuda:0 beside the network".
  const std::string& data_place() const { return data_place_; }

 private:
  std::optional<ResidentData> resident_;
  std::optional<TrainingStep> step_;
  std::optional<Predictor> evaluator_;
  std::string data_place_;
};

}  // namespace genocuda
