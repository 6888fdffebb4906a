// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/agreement.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "learn/metrics/ranking.h"

namespace genocuda {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void require_same_length(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) {
    throw Error(ErrorKind::internal, "series of {} and {} values cannot be compared", a.size(), b.size());
  }
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.) / static_cast<double>(values.size());
}

}  // namespace

bool all_equal(std::span<const double> values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

Confusion confusion(std::span<const double> probabilities, std::span<const double> labels, double threshold) {
  require_same_length(probabilities, labels);
  Confusion counts;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool called = probabilities[i] >= threshold;
    if (labels[i] > .5) {
      ++(called ? counts.true_positives : counts.false_negatives);
    } else {
      ++(called ? counts.false_positives : counts.true_negatives);
    }
  }
  return counts;
}

double accuracy(const Confusion& counts) {
  const std::int64_t right = counts.true_positives + counts.true_negatives;
  const std::int64_t all = right + counts.false_positives + counts.false_negatives;
  return all == 0 ? kNaN : static_cast<double>(right) / static_cast<double>(all);
}

double matthews_correlation(const Confusion& counts) {
  const auto tp = static_cast<double>(counts.true_positives), fp = static_cast<double>(counts.false_positives);
  const auto tn = static_cast<double>(counts.true_negatives), fn = static_cast<double>(counts.false_negatives);
  const double margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  return margins == 0 ? 0 : (tp * tn - fp * fn) / std::sqrt(margins);
}

double pearson(std::span<const double> a, std::span<const double> b) {
  require_same_length(a, b);
  if (a.empty() || all_equal(a) || all_equal(b)) return kNaN;
  const double mean_a = mean(a), mean_b = mean(b);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double da = a[i] - mean_a, db = b[i] - mean_b;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return std::clamp(ab / std::sqrt(aa * bb), -1., 1.);
}

double spearman(std::span<const double> a, std::span<const double> b) { return pearson(midranks(a), midranks(b)); }

double mean_squared_error(std::span<const double> predictions, std::span<const double> labels) {
  require_same_length(predictions, labels);
  double sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double difference = predictions[i] - labels[i];
    sum += difference * difference;
  }
  return labels.empty() ? kNaN : sum / static_cast<double>(labels.size());
}

}  // namespace genocuda
