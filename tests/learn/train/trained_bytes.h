// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {

/// Trains, and gives metrics.jsonl without timings, then the model: all that a run leaves. `place` is told where the
/// data lay.
inline std::string trained_bytes(Device& device, const ModelSpec& spec, const TrainingSettings& settings,
                                 const Examples& data, const Examples* valid, DataPlacement placement,
                                 std::string* place = nullptr) {
  const TemporaryFolder folder;
  Trainer trainer(spec, settings, device, data, valid, {.directory = folder.path(), .data = placement});
  if (place != nullptr) *place = trainer.data_place();
  trainer.run();
  return toy::without_timings(toy::read_bytes(folder.path() + "/metrics.jsonl")) +
         toy::read_bytes(folder.path() + "/model.safetensors");
}

}  // namespace genocuda
