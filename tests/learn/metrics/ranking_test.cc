// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/ranking.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/philox.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

using Series = std::vector<double>;

double auroc_of(const Series& scores, const Series& labels) { return auroc(rank_by_score(scores, labels)); }
double auprc_of(const Series& scores, const Series& labels) { return average_precision(rank_by_score(scores, labels)); }

TEST(Auroc, CountsPairs) {
  EXPECT_EQ(auroc_of({.1, .2, .8, .9}, {0, 0, 1, 1}), 1);
  EXPECT_EQ(auroc_of({.1, .2, .8, .9}, {1, 1, 0, 0}), 0);
  EXPECT_EQ(auroc_of({.1, .4, .35, .8}, {0, 0, 1, 1}), .75);
}

TEST(Auroc, TiesCountOneHalf) {
  EXPECT_EQ(auroc_of({.5, .5, .5, .5}, {0, 1, 1, 0}), .5);
  EXPECT_EQ(auroc_of({.5, .5, .7}, {0, 1, 1}), .75);
  EXPECT_EQ(auroc_of({-0., 0.}, {0, 1}), .5) << "the two zeros are equal";
}

TEST(Auroc, IsTheShareOfPairsForRandomScoresWithManyTies) {
  philox::Generator random(7, 0);
  for (int round = 0; round < 20; ++round) {
    Series scores, labels;
    for (int i = 0; i < 60; ++i) {
      scores.push_back(static_cast<double>(random.next() % 8));
      labels.push_back(static_cast<double>(random.next() % 2));
    }
    double pairs = 0, right = 0;
    for (std::size_t p = 0; p < scores.size(); ++p) {
      for (std::size_t n = 0; n < scores.size(); ++n) {
        if (labels[p] != 1 || labels[n] != 0) continue;
        ++pairs;
        right += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? .5 : 0;
      }
    }
    ASSERT_EQ(auroc_of(scores, labels), right / pairs);
  }
}

TEST(Auroc, InfiniteScoresHaveTheirPlace) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(auroc_of({-infinity, 0, infinity}, {0, 0, 1}), 1);
}

TEST(AveragePrecision, SumsPrecisionOverRecall) {
  EXPECT_EQ(auprc_of({.9, .8, .1}, {1, 1, 0}), 1);
  EXPECT_DOUBLE_EQ(auprc_of({.1, .4, .35, .8}, {0, 0, 1, 1}), 1. / 2 + 2. / 3 / 2);
  EXPECT_DOUBLE_EQ(auprc_of({.9, .8, .7}, {0, 0, 1}), 1. / 3);
}

TEST(AveragePrecision, TakesTiesAsOneStepWhateverTheirOrder) {
  EXPECT_EQ(auprc_of({.5, .5, .5, .5}, {1, 0, 0, 0}), .25) << "the share of positives";
  EXPECT_EQ(auprc_of({.5, .5, .5, .5}, {0, 0, 0, 1}), .25);
}

TEST(Ranking, OneClassHasNoArea) {
  EXPECT_TRUE(std::isnan(auroc_of({.1, .2}, {1, 1})));
  EXPECT_TRUE(std::isnan(auroc_of({.1, .2}, {0, 0})));
  EXPECT_TRUE(std::isnan(auprc_of({.1, .2}, {0, 0})));
  EXPECT_TRUE(std::isnan(auroc_of({}, {})));
}

TEST(Ranking, NaNIsRefusedBeforeItIsSorted) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_error(
      ErrorKind::internal,
      [&] {
        rank_by_score(Series{nan, 1}, Series{0, 1});
      },
      "NaN");
  expect_error(
      ErrorKind::internal, [&] { midranks(Series{nan}); }, "NaN");
  expect_error(
      ErrorKind::internal,
      [&] {
        rank_by_score(Series{1}, Series{0, 1});
      },
      "1 scores");
}

TEST(Midranks, ShareTheMeanRank) {
  EXPECT_EQ(midranks(Series{30, 10, 20, 20}), (Series{4, 1, 2.5, 2.5}));
  EXPECT_EQ(midranks(Series{5, 5, 5}), (Series{2, 2, 2}));
  EXPECT_EQ(midranks(Series{}), Series{});
}

}  // namespace
}  // namespace genocuda
