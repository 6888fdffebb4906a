// SPDX-License-Identifier: Apache-2.0
#include "core/ops/sliding_window.h"

#include <gtest/gtest.h>

#include <functional>

#include <fmt/format.h>

#include "core/error.h"

namespace genocuda {
namespace {

/// Calls check(length, width, stride, dilation) for all small geometries.
void for_small_geometries(const std::function<void(std::int64_t, std::int64_t, std::int64_t, std::int64_t)>& check) {
  for (std::int64_t length = 1; length <= 20; ++length) {
    for (std::int64_t width = 1; width <= 6; ++width) {
      for (std::int64_t stride = 1; stride <= 4; ++stride) {
        for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
          SCOPED_TRACE(fmt::format("length {} width {} stride {} dilation {}", length, width, stride, dilation));
          check(length, width, stride, dilation);
        }
      }
    }
  }
}

TEST(SlidingWindow, CountsTheWindowsThatFit) {
  for_small_geometries([](std::int64_t length, std::int64_t width, std::int64_t stride, std::int64_t dilation) {
    const SlidingWindow window = sliding_window(Padding::valid, length, width, stride, dilation);
    EXPECT_EQ(window, (SlidingWindow{width, stride, dilation, 0, 0}));
    std::int64_t fitting = 0;
    for (std::int64_t start = 0; start + (width - 1) * dilation < length; start += stride) ++fitting;
    if (fitting > 0) {
      EXPECT_EQ(window.output_length(length), fitting);
    } else {
      EXPECT_THROW(window.output_length(length), Error);
    }
  });
}

TEST(SlidingWindow, SameGivesAnOutputForEveryStride) {
  for_small_geometries([](std::int64_t length, std::int64_t width, std::int64_t stride, std::int64_t dilation) {
    const SlidingWindow window = sliding_window(Padding::same, length, width, stride, dilation);
    EXPECT_EQ(window.output_length(length), (length + stride - 1) / stride);
    EXPECT_GE(window.pad_right - window.pad_left, 0);
    EXPECT_LE(window.pad_right - window.pad_left, 1);
  });
}

// PyTorch's ceil_mode, which in addition refuses sequences much shorter than a window.
TEST(SlidingWindow, CeilAddsAWindowForTheRest) {
  for_small_geometries([](std::int64_t length, std::int64_t width, std::int64_t stride, std::int64_t dilation) {
    const SlidingWindow window = sliding_window(Padding::ceil, length, width, stride, dilation);
    EXPECT_EQ(window.pad_left, 0);
    std::int64_t expected = 1;
    if (length >= window.span()) {
      expected = (length - window.span() + stride - 1) / stride + 1;
      if ((expected - 1) * stride >= length) --expected;
    }
    EXPECT_EQ(window.output_length(length), expected);
  });
}

TEST(SlidingWindow, LecturesConvolutionsHaveFifteenAndSixNeurons) {
  const std::int64_t first = SlidingWindow{.width = 4, .stride = 2}.output_length(13);
  EXPECT_EQ(first * 3, 15);
  const std::int64_t second = SlidingWindow{.width = 3}.output_length(first);
  EXPECT_EQ(second * 2, 6);
  EXPECT_EQ(SlidingWindow{.width = 2}.output_length(second), 2);
}

TEST(SlidingWindow, PublishedGeometries) {
  // Basset with valid convolutions (194, 46, 10) and with same padding and ceil pools (200, 50, 13).
  const auto conv_pool = [](Padding conv, Padding pool, std::int64_t length, std::int64_t width,
                            std::int64_t pool_width) {
    const std::int64_t after = sliding_window(conv, length, width).output_length(length);
    return sliding_window(pool, after, pool_width, pool_width).output_length(after);
  };
  EXPECT_EQ(conv_pool(Padding::valid, Padding::valid, 600, 19, 3), 194);
  EXPECT_EQ(conv_pool(Padding::valid, Padding::valid, 194, 11, 4), 46);
  EXPECT_EQ(conv_pool(Padding::valid, Padding::valid, 46, 7, 4), 10);
  EXPECT_EQ(conv_pool(Padding::same, Padding::ceil, 600, 19, 3), 200);
  EXPECT_EQ(conv_pool(Padding::same, Padding::ceil, 200, 11, 4), 50);
  EXPECT_EQ(conv_pool(Padding::same, Padding::ceil, 50, 7, 4), 13);
}

TEST(SlidingWindow, RefusesSizesThatMakeNoSense) {
  EXPECT_THROW((SlidingWindow{.width = 0}.output_length(5)), Error);
  EXPECT_THROW((SlidingWindow{.width = 2, .stride = 0}.output_length(5)), Error);
  EXPECT_THROW((SlidingWindow{.width = 2, .dilation = 0}.output_length(5)), Error);
  EXPECT_THROW((SlidingWindow{.width = 2, .pad_left = -1}.output_length(5)), Error);
  EXPECT_THROW((SlidingWindow{.width = 2, .pad_right = -1}.output_length(5)), Error);
  EXPECT_THROW((SlidingWindow{.width = 1}.output_length(0)), Error);
  EXPECT_THROW((SlidingWindow{.width = 1, .pad_left = 3}.output_length(0)), Error);
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  EXPECT_THROW((SlidingWindow{.width = kHuge, .dilation = kHuge}.output_length(5)), Error);
  EXPECT_THROW(sliding_window(Padding::same, 5, 3, 0), Error);
  EXPECT_THROW(sliding_window(Padding::ceil, 5, 0), Error);
}

}  // namespace
}  // namespace genocuda
