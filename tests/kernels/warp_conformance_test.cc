// SPDX-License-Identifier: Apache-2.0
// Shuffles, votes, matches and reductions of this device against values worked out by hand.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/kernels/conformance.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

constexpr int kLanes = 32;
constexpr unsigned kAll = 0xffffffffu;

/// What each lane reads: the number of the lane it comes from.
std::vector<int> sources(Shuffle shuffle, int argument, int width) {
  std::vector<double> x(kLanes);
  for (int lane = 0; lane < kLanes; ++lane) x[static_cast<std::size_t>(lane)] = lane + 0.25;
  const DeviceArray<double> input(x), output(kLanes);
  run_shuffle(shuffle, kAll, input.data(), argument, width, output.data(), native_stream());
  std::vector<int> result;
  for (const double value : output.read()) result.push_back(static_cast<int>(value - 0.25));
  return result;
}

std::vector<int> per_lane(const std::function<int(int lane)>& f) {
  std::vector<int> result;
  for (int lane = 0; lane < kLanes; ++lane) result.push_back(f(lane));
  return result;
}

TEST(ShuffleConformance, ReadsALaneByItsNumberWithinTheSegment) {
  EXPECT_EQ(sources(Shuffle::index, 5, 32), per_lane([](int) { return 5; }));
  EXPECT_EQ(sources(Shuffle::index, 37, 32), per_lane([](int) { return 5; }));
  EXPECT_EQ(sources(Shuffle::index, 3, 8), per_lane([](int lane) { return lane / 8 * 8 + 3; }));
  EXPECT_EQ(sources(Shuffle::index, 11, 8), per_lane([](int lane) { return lane / 8 * 8 + 3; }));
}

TEST(ShuffleConformance, ReadsUpAndDownAndKeepsItsOwnAtTheEdge) {
  EXPECT_EQ(sources(Shuffle::up, 3, 32), per_lane([](int lane) { return lane < 3 ? lane : lane - 3; }));
  EXPECT_EQ(sources(Shuffle::up, 1, 4), per_lane([](int lane) { return lane % 4 == 0 ? lane : lane - 1; }));
  EXPECT_EQ(sources(Shuffle::down, 3, 32), per_lane([](int lane) { return lane > 28 ? lane : lane + 3; }));
  EXPECT_EQ(sources(Shuffle::down, 1, 4), per_lane([](int lane) { return lane % 4 == 3 ? lane : lane + 1; }));
  EXPECT_EQ(sources(Shuffle::down, 32, 32), per_lane([](int lane) { return lane; }));
}

TEST(ShuffleConformance, ReadsAcrossBitsButNotFromALaterSegment) {
  EXPECT_EQ(sources(Shuffle::exclusive_or, 1, 32), per_lane([](int lane) { return lane ^ 1; }));
  EXPECT_EQ(sources(Shuffle::exclusive_or, 16, 32), per_lane([](int lane) { return lane ^ 16; }));
  EXPECT_EQ(sources(Shuffle::exclusive_or, 8, 8),
            per_lane([](int lane) { return lane / 8 % 2 == 1 ? lane ^ 8 : lane; }));
}

TEST(VoteConformance, CountsOnlyLanesOfTheMask) {
  std::vector<int> predicates(kLanes);
  for (const std::size_t lane : {1, 4, 30}) predicates[lane] = 7;
  const DeviceArray<int> input(predicates);
  const auto votes = [&](unsigned mask) {
    const DeviceArray<VoteResult> output(kLanes);
    run_vote(mask, input.data(), output.data(), native_stream());
    return output.read();
  };
  for (const VoteResult& result : votes(kAll)) {
    EXPECT_EQ(result.ballot, 1u << 1 | 1u << 4 | 1u << 30);
    EXPECT_EQ(result.any, 1);
    EXPECT_EQ(result.all, 0);
  }
  const std::vector<VoteResult> of_two = votes(0x12u);
  for (const std::size_t lane : {1, 4}) {
    EXPECT_EQ(of_two[lane].ballot, 0x12u);
    EXPECT_EQ(of_two[lane].any, 1);
    EXPECT_EQ(of_two[lane].all, 1);
  }
  const std::vector<VoteResult> of_none = votes(0x0du);
  EXPECT_EQ(of_none[2].ballot, 0u);
  EXPECT_EQ(of_none[2].any, 0);
  EXPECT_EQ(of_none[2].all, 0);
}

TEST(MatchConformance, FindsLanesOfTheSameValue) {
  std::vector<long long> values(kLanes);
  for (int lane = 0; lane < kLanes; ++lane) values[static_cast<std::size_t>(lane)] = (lane % 3) * (1ll << 40);
  const DeviceArray<long long> input(values);
  const auto matches = [&](unsigned mask) {
    const DeviceArray<MatchResult> output(kLanes);
    run_match(mask, input.data(), output.data(), native_stream());
    return output.read();
  };
  const std::vector<MatchResult> all = matches(kAll);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(all[lane].any, (lane % 3 == 0 ? 0x49249249u : lane % 3 == 1 ? 0x92492492u : 0x24924924u));
    EXPECT_EQ(all[lane].all, 0u);
    EXPECT_EQ(all[lane].all_equal, 0);
  }
  const std::vector<MatchResult> equal = matches(0x49u);
  EXPECT_EQ(equal[3].any, 0x49u);
  EXPECT_EQ(equal[3].all, 0x49u);
  EXPECT_EQ(equal[3].all_equal, 1);
}

TEST(ReduceConformance, KnowsSignedFromUnsigned) {
  std::vector<int> values(kLanes);
  for (int lane = 0; lane < kLanes; ++lane) values[static_cast<std::size_t>(lane)] = lane - 3;
  const DeviceArray<int> input(values);
  const DeviceArray<ReduceResult> output(kLanes);
  run_reduce(kAll, input.data(), output.data(), native_stream());
  const std::vector<ReduceResult> results = output.read();
  for (const ReduceResult& result : results) {
    EXPECT_EQ(result.add, 31 * 32 / 2 - 3 * 32);
    EXPECT_EQ(result.least, -3);
    EXPECT_EQ(result.greatest, 28);
    EXPECT_EQ(result.unsigned_add, static_cast<unsigned>(31 * 32 / 2 - 3 * 32));
    EXPECT_EQ(result.unsigned_least, 0u);
    EXPECT_EQ(result.unsigned_greatest, 0xffffffffu);
    EXPECT_EQ(result.bits_and, 0u);
    EXPECT_EQ(result.bits_or, 0xffffffffu);
  }
  // −1 ^ 0 ^ 1 ^ 2 of lanes 2 to 5
  run_reduce(0x3cu, input.data(), output.data(), native_stream());
  EXPECT_EQ(output.read()[4].bits_xor, 0xffffffffu ^ 3u);
  EXPECT_EQ(output.read()[4].add, 2);
}

}  // namespace
}  // namespace genocuda::kernel_test
