// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace genocuda {

/// How calls of a binary task fell.
struct Confusion {
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t true_negatives = 0;
  std::int64_t false_negatives = 0;
};

/// Calls probabilities of at least `threshold` positive. `labels` (above .5 counts as 1) are as many as
/// `probabilities`.
Confusion confusion(std::span<const double> probabilities, std::span<const double> labels, double threshold = .5);

/// The share of right calls; NaN without examples.
double accuracy(const Confusion& counts);

/// Matthews' correlation coefficient (1975), the Pearson correlation of calls and labels, -1 to 1; 0 where all labels
/// or all calls are of one class, as usual.
double matthews_correlation(const Confusion& counts);

/// True for a constant series and an empty one. Asked of the values themselves, as the variance of a constant series is
/// mostly a rounding error and not 0.
bool all_equal(std::span<const double> values);

/// Pearson's correlation of two series of the same length, -1 to 1; NaN where one of them is constant or empty.
double pearson(std::span<const double> a, std::span<const double> b);

/// Spearman's rank correlation: Pearson's of the midranks, so right with ties. NaN as there; no value may be NaN.
double spearman(std::span<const double> a, std::span<const double> b);

/// The mean squared difference; NaN for empty series.
double mean_squared_error(std::span<const double> predictions, std::span<const double> labels);

}  // namespace genocuda
