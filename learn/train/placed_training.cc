// SPDX-License-Identifier: Apache-2.0
#include "learn/train/placed_training.h"

#include "core/error.h"

namespace genocuda {

PlacedTraining::PlacedTraining(const ModelSpec& spec, const TrainingSettings& settings, const Examples& train,
                               const Examples* valid, const TrainingSampler& sampler, VariableStore& variables,
                               const Options& options) {
  Device& device = variables.device();
  const ModelSize size{spec.input.length, spec.tasks};
  const auto copy = [&] { return resident_.emplace(device, spec, train, sampler.heads(), sampler.weights()).bytes(); };
  const auto prepare = [&] {
    step_.emplace(spec, size, sampler.batches(), settings, variables, options.executable,
                  resident_ ? &*resident_ : nullptr);
  };
  const auto take_back = [&] { resident_.reset(); };
  data_place_ = place_data(options.data, device, {.copy = copy, .prepare = prepare, .take_back = take_back}).words;
  if (valid == nullptr) return;
  evaluator_.emplace(spec, train.tasks, variables,
                     PredictorOptions{.batch = sampler.batch(),
                                      .executable = options.executable,
                                      .resident = place_valid_windows(spec, *valid, device),
                                      .on_smaller_batch = options.on_notice});
}

const ResidentWindows* PlacedTraining::place_valid_windows(const ModelSpec& spec, const Examples& valid,
                                                           Device& device) {
  if (!resident_) return nullptr;
  if (resident_->windows().are_of(valid)) return &resident_->windows();
  try {
    return &own_valid_windows_.emplace(device, spec, valid, false);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::out_of_memory) throw;
    return nullptr;
  }
}

}  // namespace genocuda
