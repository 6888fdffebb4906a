// SPDX-License-Identifier: Apache-2.0
// The device drops, bit for bit, the units that core/philox.h says.
#include "kernels/dropout.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/philox.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

/// How many of n elements were dropped, or were kept, against the contract; `offset` elements off an aligned address.
std::size_t wrongly_dropped(std::size_t n, std::size_t offset, const kernels::Dropout& which, std::int32_t step,
                            kernels::Storage storage) {
  const DeviceArray<std::int32_t> steps(std::vector<std::int32_t>{step});
  std::size_t wrong = 0;
  const auto stream = static_cast<std::uint64_t>(which.layer) << 32 | static_cast<std::uint32_t>(step);
  const auto dropped = [&](std::size_t i) {
    return static_cast<double>(philox::uniform(which.seed, stream, i)) < which.rate;
  };
  const auto run = [&](auto one) {
    using T = decltype(one);
    const DeviceArray<T> x(std::vector<T>(n + offset, one)), y(n + offset);
    kernels::dropout(static_cast<std::int64_t>(n), storage, which, steps.data(), x.data() + offset, y.data() + offset,
                     native_stream());
    const std::vector<T> result = y.read();
    for (std::size_t i = 0; i < n; ++i) wrong += (result[i + offset] == T{0}) != dropped(i);
  };
  storage == kernels::Storage::f32 ? run(1.0f) : run(std::uint16_t{0x3f80});
  return wrong;
}

TEST(Dropout, DrawsTheBitsOfTheHost) {
  for (const std::int32_t step : {0, 1, 77, 2147483647}) {
    for (const std::uint32_t layer : {0u, 5u, 0xffffffffu}) {
      for (const std::size_t n : {1u, 2u, 3u, 4u, 6u, 9u, 1021u, 5000u}) {
        for (const std::size_t offset : {0u, 1u}) {
          const kernels::Dropout which{0.3, 0x123456789abcdef0ull * (layer + 1), layer};
          for (const auto storage : {kernels::Storage::f32, kernels::Storage::bf16}) {
            EXPECT_EQ(wrongly_dropped(n, offset, which, step, storage), 0u) << n << ' ' << offset << ' ' << step;
          }
        }
      }
    }
  }
}

TEST(Dropout, CutsExactlyAtTheRate) {
  // The rate is one of the numbers that are drawn: what equals it stays, what lies below goes.
  constexpr std::uint64_t kSeed = 99;
  for (std::uint64_t i = 0; i < 32; ++i) {
    const auto rate = static_cast<double>(philox::uniform(kSeed, 3, i));
    EXPECT_EQ(wrongly_dropped(32, 0, {rate, kSeed, 0}, 3, kernels::Storage::f32), 0u);
    EXPECT_EQ(wrongly_dropped(32, 0, {rate + 0x1p-40, kSeed, 0}, 3, kernels::Storage::f32), 0u);
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
