// SPDX-License-Identifier: Apache-2.0
#include "genomics/score_distribution.h"

#include <algorithm>
#include <utility>

namespace genocuda {

ScoreDistribution::ScoreDistribution(const Pssm& pssm, const BaseNumbers& background) : lowest_(pssm.lowest()) {
  const auto size = static_cast<std::size_t>(pssm.highest() - pssm.lowest() + 1);
  std::vector<double> now(size), next(size);
  now[0] = 1;
  std::size_t reached = 1;  // scores that the positions so far can have, counted from their lowest
  for (const Pssm::Row& row : pssm.rows()) {
    const auto [least, most] = std::ranges::minmax(row);
    const std::size_t reach = reached + static_cast<std::size_t>(most - least);
    std::fill_n(next.begin(), reach, 0.0);
    for (int base = 0; base < dna::kBases; ++base) {
      double* to = next.data() + (row[base] - least);
      const double p = background[base];
      for (std::size_t i = 0; i < reached; ++i) to[i] += p * now[i];
    }
    reached = reach;
    std::swap(now, next);
  }
  // From the top down, so that small numbers are added to small ones.
  for (std::size_t i = size - 1; i > 0; --i) now[i - 1] += now[i];
  upper_tail_ = std::move(now);
}

double ScoreDistribution::p_value(std::int64_t steps) const {
  const std::int64_t i = steps - lowest_;
  if (i <= 0) return 1;
  return i < static_cast<std::int64_t>(upper_tail_.size()) ? upper_tail_[static_cast<std::size_t>(i)] : 0;
}

std::int32_t ScoreDistribution::threshold(double p) const {
  const auto found = std::ranges::lower_bound(upper_tail_, p, [](double tail, double wanted) { return tail > wanted; });
  return lowest_ + static_cast<std::int32_t>(found - upper_tail_.begin());
}

std::vector<float> ScoreDistribution::p_values_from(std::int32_t from) const {
  const auto skipped = std::clamp<std::int64_t>(from - lowest_, 0, static_cast<std::int64_t>(upper_tail_.size()));
  return {upper_tail_.begin() + skipped, upper_tail_.end()};
}

}  // namespace genocuda
