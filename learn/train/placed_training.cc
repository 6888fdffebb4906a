// SPDX-License-Identifier: Apache-2.0
#include "learn/train/placed_training.h"

#include "core/error.h"

namespace genocuda {

PlacedTraining::PlacedTraining(const ModelSpec& spec, const TrainingSettings& settings, const Examples& train,
                               const Examples* valid, const TrainingSampler& sampler, VariableStore& variables,
                               const Options& options) {
  Device& device = variables.device();
  const auto copy = [&] { return resident_.emplace(device, spec, train, sampler.heads(), sampler.weights()).bytes(); };
  const auto make = [&] {
    const ResidentData* const resident = resident_ ? &*resident_ : nullptr;
    step_.emplace(spec, ModelSize{spec.input.length, spec.tasks}, sampler.batches(), settings, variables,
                  options.executable, resident);
    if (valid == nullptr) return;
    const bool shared = resident != nullptr && resident->windows().are_of(*valid);
    evaluator_.emplace(spec, train.tasks, variables,
                       PredictorOptions{.batch = sampler.batch(),
                                        .executable = options.executable,
                                        .data = resident != nullptr ? options.data : DataPlacement::host,
                                        .resident = shared ? &resident->windows() : nullptr,
                                        .on_notice = options.on_notice});
    try {
      evaluator_->prepare(*valid);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::out_of_memory || resident != nullptr) throw;
      throw Error(ErrorKind::out_of_memory,
                  "training {} with batch {} leaves no room on {} for the validation, not even an example at a time: "
                  "take a smaller --batch",
                  spec.name, sampler.batch(), device.name());
    }
  };
  const auto take_back = [&] {
    evaluator_.reset();
    step_.reset();
    resident_.reset();
  };
  data_place_ = place_data(options.data, device, {.copy = copy, .prepare = make, .take_back = take_back}).words;
}

}  // namespace genocuda
