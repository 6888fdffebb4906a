// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "genomics/pssm.h"

namespace genocuda {

/// The distribution of a motif's score over random sequences whose bases are drawn independently from a background,
/// exact for the whole numbers that Pssm holds: one convolution of distributions a position (Staden 1989, CABIOS 5, 89;
/// Touzet, Varré 2007, Algorithms Mol. Biol. 2, 15). Time grows with width · range, memory with the range.
///
/// For the weights before rounding the p-values are bounds: that of score s lies between p_value(s ± largest_error()).
class ScoreDistribution {
 public:
  ScoreDistribution(const Pssm& pssm, const BaseNumbers& background);

  /// The probability of a score of `steps` or more.
  double p_value(std::int64_t steps) const;
  /// The least score in steps with p_value() <= p; highest() + 1 where even the best score is more likely than that.
  std::int32_t threshold(double p) const;
  /// p_value() of `from`, `from` + 1, … up to the best score: what is needed of a distribution once a threshold is set.
  std::vector<float> p_values_from(std::int32_t from) const;

 private:
  std::int32_t lowest_;
  std::vector<double> upper_tail_;  ///< of lowest_ + i
};

}  // namespace genocuda
