// SPDX-License-Identifier: Apache-2.0
#include "kernels/transpose.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

template <typename T>
void expect_transposed(std::int64_t rows, std::int64_t columns, kernels::Storage storage) {
  SCOPED_TRACE(testing::Message() << rows << " x " << columns << ", " << sizeof(T) << " bytes an element");
  std::vector<T> from(static_cast<std::size_t>(rows * columns)), expected(from.size());
  std::iota(from.begin(), from.end(), T{1});
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      expected[static_cast<std::size_t>(column * rows + row)] = from[static_cast<std::size_t>(row * columns + column)];
    }
  }
  const DeviceArray<T> source(from), result(from.size());
  kernels::transpose(rows, columns, storage, source.data(), result.data(), native_stream());
  EXPECT_EQ(result.read(), expected);
}

TEST(Transpose, TurnsMatricesOfAnyExtents) {
  for (const std::int64_t rows : {0, 1, 31, 32, 76, 129}) {
    for (const std::int64_t columns : {0, 1, 17, 32, 33, 100}) {
      expect_transposed<std::uint32_t>(rows, columns, kernels::Storage::f32);
      expect_transposed<std::uint16_t>(rows, columns, kernels::Storage::bf16);
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
