// SPDX-License-Identifier: Apache-2.0
// Elementwise launchers where operators do not reach: pointers that are not aligned, ends that fill no vector, more
// elements than a grid takes at once.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/activation.h"
#include "kernels/arithmetic.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

using kernels::Storage;

std::vector<float> ramp(std::size_t n) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(static_cast<int>(i * 37 % 101) - 50) / 8;
  return x;
}

TEST(Elementwise, TakesEveryLengthAtEveryOffset) {
  for (const std::size_t n : {1u, 3u, 4u, 5u, 31u, 1023u, 4096u, 4099u}) {
    for (const std::size_t offset : {0u, 1u, 2u, 4u}) {
      const std::vector<float> x = ramp(n + offset);
      const DeviceArray<float> a(x), y(n + offset);
      kernels::subtract(static_cast<std::int64_t>(n), Storage::f32, a.data() + offset, a.data(), y.data() + offset,
                        native_stream());
      std::vector<float> result = y.read();
      for (std::size_t i = 0; i < offset; ++i) EXPECT_TRUE(std::isnan(result[i])) << "written before the first";
      for (std::size_t i = offset; i < n + offset; ++i) EXPECT_EQ(result[i], x[i] - x[i - offset]) << i << ' ' << n;
      kernels::scale(static_cast<std::int64_t>(n), Storage::f32, 2, 1, a.data() + offset, y.data() + offset,
                     native_stream());
      result = y.read();
      for (std::size_t i = offset; i < n + offset; ++i) EXPECT_EQ(result[i], 2 * x[i] + 1) << i << ' ' << n;
    }
  }
}

TEST(Elementwise, WalksOnWhereTheGridEnds) {
  constexpr std::size_t kMany = (std::size_t{1} << 24) + 16384 * 8 + 5;  // 16384 blocks of 256 threads of four
  const std::vector<float> x = ramp(kMany);
  const DeviceArray<float> from(x), y(kMany);
  // One element off the alignment, so that elements go one by one and the grid has to come again.
  kernels::scale(kMany - 1, Storage::f32, -1, 0, from.data() + 1, y.data() + 1, native_stream());
  const std::vector<float> result = y.read();
  std::size_t wrong = 0;
  for (std::size_t i = 1; i < kMany; ++i) wrong += result[i] != -x[i];
  EXPECT_EQ(wrong, 0u);
}

TEST(Cast, RoundsToNearestTiesToEvenAndBack) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  // 1 + 2^-8 lies between two bf16, of which 1 is even; 1 + 3 · 2^-8 goes up.
  const std::vector<float> x{1, 1.00390625f, 1.01171875f, -1.0039064f, 3e38f, 3.4e38f, 1e-40f, inf, -inf, nan, -0.0f};
  const std::vector<std::uint16_t> expected{0x3f80, 0x3f80, 0x3f82, 0xbf81, 0x7f62, 0x7f80,
                                            0x0001, 0x7f80, 0xff80, 0,      0x8000};
  for (const std::size_t offset : {0u, 1u}) {
    std::vector<float> padded(offset);
    padded.insert(padded.end(), x.begin(), x.end());
    const DeviceArray<float> from(padded), back(x.size());
    const DeviceArray<std::uint16_t> to(x.size());
    const auto n = static_cast<std::int64_t>(x.size());
    kernels::cast(n, Storage::f32, from.data() + offset, Storage::bf16, to.data(), native_stream());
    const std::vector<std::uint16_t> bits = to.read();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(x[i])) continue;
      EXPECT_EQ(bits[i], expected[i]) << i;
    }
    kernels::cast(n, Storage::bf16, to.data(), Storage::f32, back.data(), native_stream());
    const std::vector<float> again = back.read();
    EXPECT_EQ(again[2], 1.015625f);
    EXPECT_EQ(again[7], inf);
    EXPECT_TRUE(std::isnan(again[9]));
    EXPECT_TRUE(std::signbit(again[10]));
  }
}

TEST(AddBias, FindsTheChannelOfEveryElement) {
  for (const std::int64_t channels : {1, 2, 3, 4, 7, 300}) {
    for (const std::size_t offset : {0u, 1u}) {
      const std::int64_t n = channels * 17;
      const std::vector<float> x = ramp(static_cast<std::size_t>(n) + offset);
      std::vector<float> bias(static_cast<std::size_t>(channels));
      for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(c) * 16;
      const DeviceArray<float> from(x), numbers(bias), y(x.size());
      kernels::add_bias(n, channels, Storage::f32, from.data() + offset, numbers.data(), y.data() + offset,
                        native_stream());
      const std::vector<float> result = y.read();
      for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
        EXPECT_EQ(result[i + offset], x[i + offset] + bias[i % bias.size()]) << i << ' ' << channels;
      }
    }
  }
}

TEST(Activation, MayOverwriteWhatItReads) {
  const std::vector<float> x = ramp(1000);
  const DeviceArray<float> y(x);
  kernels::activation(1000, Storage::f32, {kernels::ActivationKind::relu, 0}, y.data(), y.data(), native_stream());
  const std::vector<float> result = y.read();
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(result[i], std::max(x[i], 0.0f));
}

TEST(PreluBackward, SumsManyRowsInChunks) {
  for (const std::int64_t channels : {1, 3, 40}) {
    constexpr std::int64_t kRows = 5000;
    const auto n = static_cast<std::size_t>(kRows * channels);
    const std::vector<float> x = ramp(n), d = ramp(n + 7);
    const DeviceArray<float> dy(std::span<const float>(d).subspan(7)), from(x),
        slope(std::vector<float>(static_cast<std::size_t>(channels), 0.25f)), dslope(slope.size());
    const DeviceArray<std::byte> scratch(kernels::prelu_backward_scratch(kRows, channels));
    kernels::prelu_backward(kRows, channels, Storage::f32, dy.data(), from.data(), slope.data(), dy.data(),
                            dslope.data(), scratch.data(), native_stream());
    std::vector<double> expected(slope.size(), 0);
    const std::vector<float> dx = dy.read(), sums = dslope.read();
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(dx[i], x[i] > 0 ? d[i + 7] : 0.25f * d[i + 7]);
      if (!(x[i] > 0)) expected[i % slope.size()] += static_cast<double>(d[i + 7]) * static_cast<double>(x[i]);
    }
    for (std::size_t c = 0; c < expected.size(); ++c) EXPECT_EQ(sums[c], static_cast<float>(expected[c])) << c;
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
