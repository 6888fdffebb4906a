// SPDX-License-Identifier: Apache-2.0
#include "kernels/rearrange.h"

#include <gtest/gtest.h>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

/// Joins 130 parts, more than two launches take, in rows; each is a multiple of `unit` bytes, some are none, some
/// zeros.
void expect_joined(std::int64_t rows, std::int64_t unit, std::size_t offset) {
  std::vector<std::vector<std::uint8_t>> parts;
  std::vector<DeviceArray<std::uint8_t>> arrays;
  std::int64_t pitch = 0;
  for (std::int64_t k = 0; k < 130; ++k) {
    const std::int64_t bytes = unit * (k % 7 * (k == 65 ? 300 : 1));
    std::vector<std::uint8_t> part(static_cast<std::size_t>(rows * bytes));
    for (std::size_t i = 0; i < part.size(); ++i)
      part[i] = static_cast<std::uint8_t>(i * 31 + static_cast<std::size_t>(k));
    arrays.emplace_back(part);
    if (k % 5 == 4) std::ranges::fill(part, std::uint8_t{0});
    parts.push_back(std::move(part));
    pitch += bytes;
  }
  const DeviceArray<std::uint8_t> joined(offset + static_cast<std::size_t>(rows * pitch));
  kernels::Copies copies(rows, native_stream());
  std::vector<std::uint8_t> expected(joined.size(), 0xff);
  std::int64_t start = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::int64_t bytes = static_cast<std::int64_t>(parts[k].size()) / rows;
    copies.add({k % 5 == 4 ? nullptr : arrays[k].data(), joined.data() + offset + start, bytes, bytes, pitch});
    for (std::int64_t row = 0; row < rows; ++row) {
      std::copy_n(parts[k].begin() + row * bytes, bytes,
                  expected.begin() + static_cast<std::ptrdiff_t>(offset) + row * pitch + start);
    }
    start += bytes;
  }
  copies.finish();
  EXPECT_EQ(joined.read(), expected);
}

TEST(Copies, JoinManyPartsByAccessesOfEverySize) {
  for (const std::int64_t unit : {1, 2, 4, 8, 16}) {
    for (const std::int64_t rows : {1, 3}) {
      SCOPED_TRACE(testing::Message() << rows << " rows, multiples of " << unit << " bytes");
      expect_joined(rows, unit, 0);
      expect_joined(rows, unit, static_cast<std::size_t>(unit));
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
