// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "learn/metrics/report.h"
#include "learn/train/settings.h"

namespace genocuda {

/// The learning rate of a step (both counted from 0) as a function of the settings and of how often the plateau
/// schedule has reduced it: nothing else is remembered.
double learning_rate_at(const TrainingSettings& settings, std::int64_t epoch, std::int64_t step,
                        std::int64_t steps_per_epoch, std::int64_t reductions);

/// Watches the validation figure over the epochs: the best one, early stopping, reductions of the learning rate.
struct ProgressWatch {
  std::optional<double> best;
  std::int64_t best_epoch = 0;    ///< counted from 1; 0: none yet
  std::int64_t since_best = 0;    ///< epochs without a better figure
  std::int64_t since_change = 0;  ///< the same, also counted anew from each reduction
  std::int64_t reductions = 0;

  /// Takes in the figure of epoch `epoch` (from 1); true where it is the best so far.
  bool update(const TrainingSettings& settings, const FigureInfo& figure, std::optional<double> value,
              std::int64_t epoch);
  bool should_stop(const TrainingSettings& settings) const;
  bool operator==(const ProgressWatch&) const = default;
};

}  // namespace genocuda
