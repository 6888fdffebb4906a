// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "learn/train/schedule.h"
#include "learn/train/settings.h"
#include "learn/train/training_step.h"
#include "learn/trained_model.h"

namespace genocuda {

/// Where a training run stands, beside its variables.
struct TrainingState {
  std::int64_t epoch = 0;     ///< epochs that are done
  std::int64_t step = 0;      ///< steps done of the one under way
  LossSums losses;            ///< of those steps
  double gradient_norms = 0;  ///< summed over those steps
  ProgressWatch watch;
};

/// A training run as it is written down: what is needed to go on to the same bits. The generator of random numbers has
/// no state of its own (core/philox.h): seed, epoch and step are its position.
struct Checkpoint {
  ModelSpec spec;  ///< with length and tasks fixed
  std::vector<std::string> tasks;
  TrainingSettings settings;
  std::string train_data, valid_data;  ///< fingerprint(), "" for none
  TrainingState state;
  HostTensors variables;  ///< weights, running statistics, optimizer state
  HostTensors best;       ///< weights and running statistics of the best epoch; empty before the first
};

/// Writes one safetensors file, as a whole or not at all; best weights under "best/".
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);
/// Throws Error(input_file) that names the file where it is absent, truncated or no checkpoint.
Checkpoint read_checkpoint(const std::string& path);

/// Throws Error(invalid_argument) that says what differs where the run cannot go on from `found`: another model, other
/// data, a setting that may not change (TrainingKey::may_change), or fewer epochs than it has done.
void require_same_run(const Checkpoint& found, const Checkpoint& wanted, std::string_view path);

}  // namespace genocuda
