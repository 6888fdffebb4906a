// SPDX-License-Identifier: Apache-2.0
// What the number of threads may change, and what it may not.
#include "host/threads.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/cpu_device.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

std::vector<float> trained(int threads, int steps, const ExecutableOptions& options = {}) {
  const auto device = make_cpu_device(threads);
  SmallNet net(*device, options);
  for (int step = 0; step < steps; ++step) net.run();
  return net.numbers();
}

TEST(Threads, ParallelForCallsEachOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    host::set_thread_count(threads);
    for (const std::int64_t count : {0, 1, 2, 7, 100}) {
      std::vector<int> calls(static_cast<std::size_t>(count));
      host::parallel_for(count, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
      EXPECT_EQ(calls, std::vector<int>(static_cast<std::size_t>(count), 1));
    }
  }
  host::set_thread_count(0);
}

TEST(Threads, SameNumberGivesSameBits) {
  for (const int threads : {1, 2, 3}) EXPECT_EQ(trained(threads, 3), trained(threads, 3)) << threads << " threads";
}

TEST(Threads, OwnKernelsGiveSameBitsForAnyNumber) {
  // Convolutions and products of the reference, everything else vectorised.
  const ExecutableOptions own{.implementations = {{"conv1d", "reference"},
                                                  {"conv1d_backward_input", "reference"},
                                                  {"conv1d_backward_filters", "reference"},
                                                  {"matmul", "reference"}}};
  const std::vector<float> one = trained(1, 3, own);
  for (const int threads : {2, 3, 5}) EXPECT_EQ(trained(threads, 3, own), one) << threads << " threads";
}

TEST(Threads, AnotherNumberAgreesWithinRounding) {
  // One step: further ones make rounding grow as any difference does.
  const std::vector<float> one = trained(1, 1);
  for (const int threads : {2, 3}) {
    const std::vector<float> other = trained(threads, 1);
    ASSERT_EQ(other.size(), one.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_NEAR(other[i], one[i], 2e-5 * (1 + std::abs(one[i]))) << threads << " threads, number " << i;
    }
  }
}

TEST(Threads, FastAgreesWithReference) {
  const std::vector<float> fast = trained(2, 1), plain = trained(2, 1, {.implementations = {{"*", "reference"}}});
  ASSERT_EQ(fast.size(), plain.size());
  // By norm: an activation within rounding of a kink or a tie sends its gradient elsewhere, which single numbers show.
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < fast.size(); ++i) {
    difference += std::pow(static_cast<double>(fast[i]) - plain[i], 2);
    norm += std::pow(plain[i], 2);
  }
  EXPECT_LE(std::sqrt(difference), 1e-4 * std::sqrt(norm));
}

}  // namespace
}  // namespace genocuda
