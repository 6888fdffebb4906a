// SPDX-License-Identifier: Apache-2.0
#include "genomics/pssm.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace genocuda {

Pssm::Pssm(std::string id, std::string name, std::span<const BaseNumbers> weights)
    : id_(std::move(id)), name_(std::move(name)) {
  double range = 0, magnitude = 0;
  for (const BaseNumbers& row : weights) {
    if (!std::ranges::all_of(row, [](double weight) { return std::isfinite(weight); })) {
      throw Error(ErrorKind::invalid_argument, "motif '{}' has a weight that is no finite number", id_);
    }
    const auto [least, most] = std::ranges::minmax(row);
    range += most - least;
    magnitude += std::max(std::abs(least), std::abs(most));
  }
  if (!(range > 0)) {
    throw Error(ErrorKind::invalid_argument, "motif '{}' gives every sequence the same score", id_);
  }
  // Sums of entries stay below 2^24, where floats count exactly, even where the range is small and far from 0.
  const double largest_sum = 64.0 * static_cast<double>(kFinestSteps);
  const double finest = std::max(range / static_cast<double>(kFinestSteps), magnitude / largest_sum);
  unit_ = std::exp2(std::ceil(std::log2(finest)));
  for (const BaseNumbers& row : weights) {
    Row steps;
    std::ranges::transform(row, steps.begin(),
                           [&](double weight) { return static_cast<std::int32_t>(std::lround(weight / unit_)); });
    rows_.push_back(steps);
    const auto [least, most] = std::ranges::minmax(steps);
    lowest_ += least;
    highest_ += most;
  }
}

std::int32_t Pssm::at_least(double score) const {
  const double steps = std::ceil(score / unit_);
  return static_cast<std::int32_t>(std::clamp(steps, double{1} * lowest_, double{1} * highest_ + 1));
}

std::int32_t Pssm::score(std::span<const std::uint8_t> codes, std::int64_t position) const {
  std::int32_t sum = 0;
  const std::uint8_t* code = codes.data() + position;
  for (const Row& row : rows_) sum += row[*code++];
  return sum;
}

Pssm Pssm::reverse_complement() const {
  Pssm other = *this;
  std::ranges::reverse(other.rows_);
  for (Row& row : other.rows_) std::ranges::reverse(row);
  return other;
}

}  // namespace genocuda
