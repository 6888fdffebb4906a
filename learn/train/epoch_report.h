// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "learn/metrics/report.h"

namespace genocuda {

/// What is known after an epoch; a line of metrics.jsonl.
struct EpochReport {
  std::int64_t epoch = 0;  ///< counted from 1
  double train_loss = 0;   ///< over the epoch's batches, with class weights, dropout and augmentation
  std::optional<MetricsReport> valid;
  double learning_rate = 0;        ///< of the last step
  double gradient_norm = 0;        ///< mean over the steps, before clipping
  bool best = false;               ///< the best validation figure so far; always true without validation
  double examples_per_second = 0;  ///< of training alone; the one figure here that differs from run to run
};

/// The line: {"epoch", "train_loss", "valid_loss", "mean": {figures}, "tasks": [{"name", figures}], "learning_rate",
/// "gradient_norm", "best", "examples_per_second"}; what is absent is null.
std::string metrics_line(const EpochReport& report);

}  // namespace genocuda
