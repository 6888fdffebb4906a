// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// NaN has no place in an order; sorting with one is undefined.
void require_no_nan(std::span<const double> values) {
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) {
    throw Error(ErrorKind::internal, "a NaN among {} values to be ranked", values.size());
  }
}

}  // namespace

std::vector<TieGroup> rank_by_score(std::span<const double> scores, std::span<const double> labels) {
  if (scores.size() != labels.size()) {
    throw Error(ErrorKind::internal, "{} scores came with {} labels", scores.size(), labels.size());
  }
  require_no_nan(scores);
  struct Example {
    double score;
    bool positive;
  };
  std::vector<Example> examples(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) examples[i] = {scores[i], labels[i] > .5};
  std::sort(examples.begin(), examples.end(), [](const Example& a, const Example& b) { return a.score > b.score; });

  std::vector<TieGroup> groups;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (i == 0 || examples[i].score != examples[i - 1].score) groups.emplace_back();
    ++(examples[i].positive ? groups.back().positives : groups.back().negatives);
  }
  return groups;
}

double auroc(std::span<const TieGroup> groups) {
  // Twice the number of (positive, negative) pairs in the right order, so that ties count in whole numbers.
  std::uint64_t twice_right = 0, positives = 0, negatives = 0;
  for (const TieGroup& group : groups) {
    const auto here_positive = static_cast<std::uint64_t>(group.positives);
    const auto here_negative = static_cast<std::uint64_t>(group.negatives);
    twice_right += here_negative * (2 * positives + here_positive);
    positives += here_positive;
    negatives += here_negative;
  }
  if (positives == 0 || negatives == 0) return kNaN;
  return static_cast<double>(twice_right) / (2. * static_cast<double>(positives) * static_cast<double>(negatives));
}

double average_precision(std::span<const TieGroup> groups) {
  std::int64_t positives = 0, called = 0;
  double area = 0;
  for (const TieGroup& group : groups) {
    positives += group.positives;
    called += group.positives + group.negatives;
    if (called > 0) {
      area += static_cast<double>(group.positives) * static_cast<double>(positives) / static_cast<double>(called);
    }
  }
  return positives == 0 ? kNaN : area / static_cast<double>(positives);
}

std::vector<double> midranks(std::span<const double> values) {
  require_no_nan(values);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = .5 * static_cast<double>(begin + 1 + end);  // the mean of ranks begin + 1 to end
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

}  // namespace genocuda
