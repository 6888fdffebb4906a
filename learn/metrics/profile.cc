// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/profile.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace genocuda {
namespace {

double sum(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// p log2(p / m), 0 where p is.
double term(double p, double m) { return p > 0 ? p * std::log2(p / m) : 0; }

bool has_counts(std::span<const double> counts) {
  const double total = sum(counts);  // NaN where one is missing
  return total > 0;
}

}  // namespace

double jensen_shannon_distance(std::span<const double> p, std::span<const double> q) {
  const double p_total = sum(p), q_total = sum(q);
  double divergence = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double a = p[i] / p_total, b = q[i] / q_total, middle = (a + b) / 2;
    divergence += (term(a, middle) + term(b, middle)) / 2;
  }
  return std::sqrt(std::max(divergence, 0.0));  // rounding may leave less than nothing
}

ProfileDistances profile_distances(std::span<const float> predictions, std::span<const float> counts,
                                   std::int64_t positions) {
  const auto width = static_cast<std::size_t>(positions);
  const auto row = [&](std::span<const float> rows, std::size_t i) {
    const std::span<const float> values = rows.subspan(i * width, width);
    return std::vector<double>(values.begin(), values.end());
  };
  ProfileDistances result;
  std::vector<double> average(width);
  for (std::size_t i = 0; i < counts.size() / width; ++i) {
    const std::vector<double> observed = row(counts, i);
    if (!has_counts(observed)) continue;
    const double total = sum(observed);
    for (std::size_t at = 0; at < width; ++at) average[at] += observed[at] / total;
    result.predicted += jensen_shannon_distance(row(predictions, i), observed);
    ++result.n;
  }
  if (result.n == 0) return result;
  for (std::size_t i = 0; i < counts.size() / width; ++i) {
    const std::vector<double> observed = row(counts, i);
    if (has_counts(observed)) result.average += jensen_shannon_distance(average, observed);
  }
  result.predicted /= static_cast<double>(result.n);
  result.average /= static_cast<double>(result.n);
  return result;
}

}  // namespace genocuda
