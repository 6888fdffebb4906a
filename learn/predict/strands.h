// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/examples.h"
#include "learn/train/batch.h"

/// Predictions for both strands of windows, and their mean.
namespace genocuda {

/// Predictions of a batch, [rows, columns].
using PredictionRows = std::vector<float>;

/// Adds the predictions of an output for the flips of windows to `own` and halves the sum. Those along the window run
/// backwards in a flip, and channels that are the strands of one signal have changed places. Throws
/// Error(invalid_argument) where only the examples' signal could say which these are, and they have none.
void average_strands(const HeadColumns& head, const Examples& examples, std::int64_t rows, std::int64_t columns,
                     PredictionRows& own, const PredictionRows& other);

/// The scores [rows, head.count] whose predictions these are: undoes the link of the output's loss. Probabilities of 0
/// and 1, which averages of rounded numbers may be, count as the nearest that float tells from them.
std::vector<float> scores_behind(const HeadColumns& head, const PredictionRows& predictions, std::int64_t columns);

}  // namespace genocuda
