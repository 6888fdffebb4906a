// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace genocuda {

/// Examples of equal score: no threshold tells them apart, so every ranking figure takes them as one step.
struct TieGroup {
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
};

/// Sorts examples by score, highest first, into groups of equal score. `labels` are 0 or 1 (above .5 counts as 1) and
/// as many as `scores`; no score is NaN. Throws Error (internal) otherwise.
std::vector<TieGroup> rank_by_score(std::span<const double> scores, std::span<const double> labels);

/// Area under the receiver operating characteristic: the chance that a random positive scores above a random negative,
/// ties counting one half (the Mann-Whitney U statistic with midranks over positives x negatives). Counted in integers,
/// so exact up to the last division. NaN where one class is absent.
double auroc(std::span<const TieGroup> groups);

/// Area under the precision-recall curve as average precision: the sum over thresholds, from high to low, of (recall
/// gained) x (precision there), one step a group of ties; scikit-learn's average_precision_score is the same. It does
/// not draw straight lines between the points as the trapezoid rule does, which promises precision no threshold reaches
/// (Davis and Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006) and so gives other,
/// mostly higher figures. NaN without positives.
double average_precision(std::span<const TieGroup> groups);

/// Ranks from 1 of `values` in ascending order, equal values sharing the mean of theirs. No value is NaN.
std::vector<double> midranks(std::span<const double> values);

}  // namespace genocuda
