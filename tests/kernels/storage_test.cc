// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include <gtest/gtest.h>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

TEST(Storage, Bf16IsReadAndWrittenInPlaceOfFloat) {
  // 1, 2, −3, 0.5 in bf16
  const DeviceArray<std::uint16_t> x(std::vector<std::uint16_t>{0x3f80, 0x4000, 0xc040, 0x3f00});
  const DeviceArray<std::uint16_t> y(2);
  const DeviceArray<std::uint8_t> argmax(2);
  const kernels::Pool1d shape{
      .batch = 1, .length = 4, .windows = 2, .channels = 1, .width = 2, .stride = 2, .pad_left = 0};
  kernels::max_pool1d(shape, kernels::Storage::bf16, x.data(), y.data(), {argmax.data(), true}, native_stream());
  EXPECT_EQ(y.read(), (std::vector<std::uint16_t>{0x4000, 0x3f00}));
  EXPECT_EQ(argmax.read(), (std::vector<std::uint8_t>{1, 1}));
}

}  // namespace
}  // namespace genocuda::kernel_test
