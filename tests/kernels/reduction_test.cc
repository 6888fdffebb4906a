// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduction.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/kernels/device_array.h"
#include "tests/kernels/numbers.h"

namespace genocuda::kernel_test {
namespace {

using kernels::Storage;
using kernels::SumShape;

/// A scratch of exactly as many bytes as the launcher asked for.
DeviceArray<double> scratch_for(const SumShape& shape, Storage storage) {
  return DeviceArray<double>(kernels::sum_scratch(shape, storage) / sizeof(double));
}

std::vector<double> expected_sum(const SumShape& n, const std::vector<float>& x) {
  std::vector<double> y(static_cast<std::size_t>(n.outer * n.inner));
  for (std::int64_t i = 0; i < n.outer * n.reduced * n.inner; ++i) {
    y[i / n.inner / n.reduced * n.inner + i % n.inner] += x[i];
  }
  return y;
}

/// From `offset` elements past an aligned address.
std::vector<float> sum(const SumShape& n, const std::vector<float>& x, std::size_t offset) {
  std::vector<float> shifted(offset);
  shifted.insert(shifted.end(), x.begin(), x.end());
  const DeviceArray<float> from(shifted), y(static_cast<std::size_t>(n.outer * n.inner));
  const auto scratch = scratch_for(n, Storage::f32);
  kernels::sum(n, Storage::f32, from.data() + offset, Storage::f32, y.data(), scratch.data(), native_stream());
  return y.read();
}

class SumOf : public testing::TestWithParam<SumShape> {};

TEST_P(SumOf, IsWithinAMillionthAndTheSameBitsWhereverItsElementsLie) {
  const SumShape& n = GetParam();
  for (const float low : {-1.0F, 0.5F}) {
    const std::vector<float> x = numbers(static_cast<std::size_t>(n.outer * n.reduced * n.inner), low, 1);
    const std::vector<float> y = sum(n, x, 0);
    EXPECT_LE(error(y, expected_sum(n, x)), low < 0 ? 1e-5 : 1e-6);
    EXPECT_EQ(y, sum(n, x, 0));
    EXPECT_EQ(y, sum(n, x, 1));
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SumOf,
                         testing::Values(SumShape{1, 1'000'003, 1}, SumShape{3, 20'001, 1}, SumShape{70, 1030, 1},
                                         SumShape{300, 31, 1}, SumShape{5, 1, 1}, SumShape{1000, 3, 1},
                                         SumShape{1, 500'000, 2}, SumShape{1, 30'000, 8}, SumShape{2, 5000, 3},
                                         SumShape{3, 700, 300}, SumShape{1, 3000, 75}, SumShape{130, 2, 40},
                                         SumShape{1, 1, 5}),
                         [](const auto& test) {
                           return fmt::format("{}x{}x{}", test.param.outer, test.param.reduced, test.param.inner);
                         });

TEST(Sum, OfNothingIsZeroAndWritesNothingWhereNothingIsWanted) {
  EXPECT_EQ(sum({3, 0, 1}, {}, 0), std::vector<float>(3, 0.0F));
  EXPECT_EQ(sum({2, 0, 5}, {}, 0), std::vector<float>(10, 0.0F));
  EXPECT_EQ(sum({0, 4, 1}, {}, 0), std::vector<float>());
  EXPECT_EQ(sum({2, 4, 0}, {}, 0), std::vector<float>());
}

TEST(Sum, ReadsAndWritesStoragesOfItsOwn) {
  for (const SumShape& n : {SumShape{2, 3000, 1}, SumShape{1, 20'000, 1}, SumShape{1, 700, 16}, SumShape{1, 20, 3}}) {
    const std::vector<float> x =
        from_bf16(to_bf16(numbers(static_cast<std::size_t>(n.outer * n.reduced * n.inner), 0.5F)));
    const DeviceArray<std::uint16_t> narrow(to_bf16(x));
    const DeviceArray<float> wide(x);
    const std::size_t outputs = static_cast<std::size_t>(n.outer * n.inner);
    const DeviceArray<float> y(outputs);
    const DeviceArray<std::uint16_t> rounded(outputs);
    const auto scratch_narrow = scratch_for(n, Storage::bf16), scratch_wide = scratch_for(n, Storage::f32);
    kernels::sum(n, Storage::bf16, narrow.data(), Storage::f32, y.data(), scratch_narrow.data(), native_stream());
    kernels::sum(n, Storage::f32, wide.data(), Storage::bf16, rounded.data(), scratch_wide.data(), native_stream());
    EXPECT_LE(error(y.read(), expected_sum(n, x)), 1e-6);
    EXPECT_LE(error(from_bf16(rounded.read()), expected_sum(n, x)), 0x1p-8);
  }
}

TEST(Broadcast, FillsFromAnyAddressAndToIt) {
  constexpr std::int64_t kOuter = 3, kRepeats = 5, kInner = 7;
  const std::vector<float> x = numbers(1 + kOuter * kInner);
  const DeviceArray<float> from(x);
  for (const std::size_t offset : {0, 1}) {
    const DeviceArray<float> to(offset + kOuter * kRepeats * kInner);
    kernels::broadcast(kOuter, kRepeats, kInner, Storage::f32, from.data() + 1, to.data() + offset, native_stream());
    const std::vector<float> y = to.read();
    for (std::int64_t i = 0; i < kOuter * kRepeats * kInner; ++i) {
      ASSERT_EQ(y[offset + i], x[1 + i / kInner / kRepeats * kInner + i % kInner]) << i;
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
