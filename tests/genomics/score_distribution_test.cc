// SPDX-License-Identifier: Apache-2.0
#include "genomics/score_distribution.h"

#include <cmath>
#include <map>

#include "core/philox.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

const std::vector<BaseNumbers> kLecture{{-5.7, 0.5, 0.5, -5.7},  {-3.2, -3.2, 3.7, -3.2}, {3.7, -3.2, -3.2, -3.2},
                                        {-3.2, -3.2, -3.2, 3.7}, {3.7, -3.2, -3.2, -3.2}, {0.6, -5.7, -5.7, 0.5}};

std::vector<std::uint8_t> codes_of(std::string_view letters) {
  std::vector<std::uint8_t> codes;
  for (const char letter : letters) codes.push_back(dna::code_of(letter));
  return codes;
}

TEST(Pssm, ScoresOfTheLecture) {
  const Pssm pssm("gata", "", kLecture);
  EXPECT_NEAR(pssm.value(pssm.score(codes_of("CGATAT"), 0)), 0.5 + 4 * 3.7 + 0.5, pssm.largest_error());
  EXPECT_NEAR(pssm.value(pssm.score(codes_of("TTCGATAA"), 2)), 0.5 + 4 * 3.7 + 0.6, pssm.largest_error());
  // Of all windows but one of this sequence max(0, W x) leaves nothing.
  const std::vector<std::uint8_t> sequence = codes_of("GCATTACCGATAT");
  std::vector<double> kept;
  for (std::int64_t i = 0; i + 6 <= 13; ++i) kept.push_back(std::max(0.0, pssm.value(pssm.score(sequence, i))));
  const std::vector<double> expected{2.1, 0, 0, 0, 0, 0, 0, 15.8};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(kept[i], expected[i], pssm.largest_error()) << i;
}

TEST(Pssm, StepsAreAPowerOfTwoFineEnough) {
  const Pssm pssm("gata", "", kLecture);
  EXPECT_EQ(std::exp2(std::round(std::log2(pssm.unit()))), pssm.unit());
  EXPECT_LE(pssm.highest() - pssm.lowest(), Pssm::kFinestSteps + pssm.width());
  EXPECT_GT(pssm.highest() - pssm.lowest(), Pssm::kFinestSteps / 2 - pssm.width());
  EXPECT_EQ(pssm.value(pssm.at_least(3)), 3);
  EXPECT_EQ(pssm.at_least(1e9), pssm.highest() + 1);
  EXPECT_EQ(pssm.at_least(-1e9), pssm.lowest());
}

TEST(Pssm, LargeWeightsOfSmallRangeStayExactInFloats) {
  const Pssm pssm("x", "", std::vector<BaseNumbers>{{1000, 1000.5, 1000, 1000}, {1000, 1000, 1000, 1000}});
  EXPECT_LT(pssm.highest(), 1 << 24);
  EXPECT_NEAR(pssm.value(pssm.highest()), 2000.5, pssm.largest_error());
}

TEST(Pssm, RefusesWhatScoresNothing) {
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        Pssm("x", "", std::vector<BaseNumbers>{{1, 1, 1, 1}});
      },
      "'x'", "same score");
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        Pssm("x", "", std::vector<BaseNumbers>{{1, NAN, 1, 1}});
      },
      "finite");
  expect_error(
      ErrorKind::invalid_argument, [] { Pssm("x", "", {}); }, "'x'");
}

TEST(Pssm, ReverseComplementScoresTheOtherStrand) {
  const Pssm pssm("gata", "", kLecture);
  EXPECT_EQ(pssm.reverse_complement().score(codes_of("ATATCG"), 0), pssm.score(codes_of("CGATAT"), 0));
}

TEST(ScoreDistribution, IsThatOfAllSequences) {
  philox::Generator random(1, 1);
  for (const BaseNumbers& background : {kUniformBackground, BaseNumbers{0.4, 0.1, 0.2, 0.3}}) {
    std::vector<BaseNumbers> weights(5);
    for (BaseNumbers& row : weights) {
      for (double& weight : row) weight = 8 * random.uniform() - 6;
    }
    const Pssm pssm("x", "", weights);
    std::map<std::int32_t, double> probability;
    for (int word = 0; word < 1 << 10; ++word) {
      std::vector<std::uint8_t> codes;
      double p = 1;
      for (int i = 0; i < 5; ++i) {
        codes.push_back(static_cast<std::uint8_t>(word >> 2 * i & 3));
        p *= background[codes.back()];
      }
      probability[pssm.score(codes, 0)] += p;
    }
    const ScoreDistribution distribution(pssm, background);
    double tail = 0;
    for (auto entry = probability.rbegin(); entry != probability.rend(); ++entry) {
      EXPECT_NEAR(distribution.p_value(entry->first + 1), tail, 1e-14);
      tail += entry->second;
      EXPECT_NEAR(distribution.p_value(entry->first), tail, 1e-14);
      // The least score that is so improbable lies above the next lower one that occurs.
      const std::int32_t threshold = distribution.threshold(tail * (1 + 1e-9));
      const auto lower = std::next(entry);
      EXPECT_LE(threshold, entry->first);
      EXPECT_EQ(threshold, lower == probability.rend() ? pssm.lowest() : lower->first + 1);
    }
    EXPECT_EQ(distribution.p_value(pssm.lowest()), 1);
    EXPECT_EQ(distribution.p_value(pssm.lowest() - 5), 1);
    EXPECT_EQ(distribution.p_value(pssm.highest() + 1), 0);
    EXPECT_EQ(distribution.threshold(1e-12), pssm.highest() + 1);
  }
}

TEST(ScoreDistribution, TailIsThatFromTheThresholdOn) {
  const Pssm pssm("gata", "", kLecture);
  const ScoreDistribution distribution(pssm, kUniformBackground);
  const std::int32_t threshold = distribution.threshold(1e-3);
  const std::vector<float> tail = distribution.p_values_from(threshold);
  ASSERT_EQ(tail.size(), static_cast<std::size_t>(pssm.highest() - threshold + 1));
  EXPECT_FLOAT_EQ(tail.front(), static_cast<float>(distribution.p_value(threshold)));
  EXPECT_FLOAT_EQ(tail.back(), static_cast<float>(distribution.p_value(pssm.highest())));
  EXPECT_TRUE(distribution.p_values_from(pssm.highest() + 1).empty());
}

}  // namespace
}  // namespace genocuda
