// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/agreement.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace genocuda {
namespace {

using Series = std::vector<double>;

TEST(Confusion, CountsCallsFromTheThresholdUp) {
  const Confusion counts = confusion(Series{.5, .49, .9, .1, .6}, Series{1, 1, 0, 0, 1});
  EXPECT_EQ(counts.true_positives, 2);
  EXPECT_EQ(counts.false_negatives, 1);
  EXPECT_EQ(counts.false_positives, 1);
  EXPECT_EQ(counts.true_negatives, 1);
  EXPECT_DOUBLE_EQ(accuracy(counts), .6);
  EXPECT_DOUBLE_EQ(matthews_correlation(counts), (2. * 1 - 1. * 1) / std::sqrt(3. * 3 * 2 * 2));
}

TEST(Matthews, IsOneMinusOneOrNought) {
  EXPECT_EQ(matthews_correlation({10, 0, 30, 0}), 1);
  EXPECT_EQ(matthews_correlation({0, 30, 0, 10}), -1);
  EXPECT_EQ(matthews_correlation({0, 0, 30, 10}), 0) << "nothing called";
  EXPECT_EQ(matthews_correlation({10, 30, 0, 0}), 0) << "everything called";
  EXPECT_EQ(matthews_correlation({1'000'000'000, 0, 1'000'000'000, 0}), 1) << "no overflow";
}

TEST(Pearson, OfLinesIsOne) {
  EXPECT_DOUBLE_EQ(pearson(Series{1, 2, 3}, Series{10, 20, 30}), 1);
  EXPECT_DOUBLE_EQ(pearson(Series{1, 2, 3}, Series{3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(pearson(Series{1, 2, 3, 4}, Series{1, 3, 2, 4}), .8);
  EXPECT_LE(pearson(Series{.1, .2, .3}, Series{.1, .2, .3}), 1) << "rounding must not leave the range";
}

TEST(Pearson, OfAConstantIsNoNumber) {
  // .1 added up is no multiple of .1, so the variance of this series is not 0 in floating point.
  const Series constant(10, .1);
  EXPECT_TRUE(std::isnan(pearson(constant, Series{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})));
  EXPECT_TRUE(std::isnan(pearson(Series{}, Series{})));
  EXPECT_TRUE(std::isnan(spearman(constant, Series{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})));
}

TEST(Pearson, OfHighOffsetsKeepsItsDigits) {
  EXPECT_NEAR(pearson(Series{1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4}, Series{1, 3, 2, 4}), .8, 1e-12);
}

TEST(Spearman, SeesTheOrderAlone) {
  EXPECT_DOUBLE_EQ(spearman(Series{1, 2, 3, 4}, Series{1, 10, 100, 1000}), 1);
  EXPECT_DOUBLE_EQ(spearman(Series{1, 2, 2, 3}, Series{1, 2, 2, 3}), 1);
}

TEST(MeanSquaredError, IsWhatItSays) {
  EXPECT_DOUBLE_EQ(mean_squared_error(Series{1, 2}, Series{0, 4}), 2.5);
  EXPECT_TRUE(std::isnan(mean_squared_error(Series{}, Series{})));
}

}  // namespace
}  // namespace genocuda
