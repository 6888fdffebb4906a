// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "learn/train/checkpoint.h"
#include "learn/train/epoch_report.h"
#include "learn/trained_model.h"

namespace genocuda {

/// What a training run leaves in its folder: model.safetensors, checkpoint.safetensors and metrics.jsonl, each whole or
/// not at all.
class RunFiles {
 public:
  /// The folder must exist. "": nothing is written.
  explicit RunFiles(std::string directory) : directory_(std::move(directory)) {}

  bool written() const { return !directory_.empty(); }
  std::string checkpoint_path() const { return path("checkpoint.safetensors"); }

  /// The checkpoint that the run left here earlier, if any. Throws Error(invalid_argument) where it is that of another
  /// run than `wanted`, which need have no variables.
  std::optional<Checkpoint> earlier_part(const Checkpoint& wanted) const;
  /// Removes all of it; the checkpoint first, without which nothing goes on from the rest.
  void clear() const;
  /// From here on the folder holds a new run alone: what an older one left must not pass for its result.
  void begin(const Checkpoint& start) const;
  /// Removes what no checkpoint confirms: the figures of epochs after the first so many.
  void keep_epochs(std::int64_t epochs) const;

  void write(const Checkpoint& checkpoint) const;
  void write(const TrainedModel& best) const;
  /// A line of metrics.jsonl.
  void append(const EpochReport& report) const;

 private:
  std::string path(std::string_view name) const;
  std::string metrics_path() const { return path("metrics.jsonl"); }
  std::string model_path() const { return path("model.safetensors"); }

  std::string directory_;
};

}  // namespace genocuda
