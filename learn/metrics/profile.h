// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

/// How near predicted profiles come to counts.
namespace genocuda {

/// The square root of the Jensen–Shannon divergence in bits (Lin 1991; Endres and Schindelin 2003: a metric), 0 for
/// equal distributions and 1 for those that share nothing. Both are scaled to the sum 1; neither may be all 0.
double jensen_shannon_distance(std::span<const double> p, std::span<const double> q);

struct ProfileDistances {
  std::int64_t n = 0;    ///< examples with counts
  double predicted = 0;  ///< mean distance of predictions and counts
  /// The mean distance of the counts from their own mean profile: what a prediction that does not look at the sequence
  /// can reach, and a little better, as it has seen the counts it is measured on.
  double average = 0;
};

/// Of rows [n, positions]; a row whose counts are all 0, or one of them missing, is passed over.
ProfileDistances profile_distances(std::span<const float> predictions, std::span<const float> counts,
                                   std::int64_t positions);

}  // namespace genocuda
