// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_input_gradient.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

using kernels::InputGradientShape;

std::vector<float> random_numbers(std::int64_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> numbers(size);
  for (auto& number : numbers) number = std::normal_distribution<float>()(random);
  return numbers;
}

struct Operands {
  std::vector<float> dy, filters;

  explicit Operands(const InputGradientShape& n)
      : dy(random_numbers(n.batch * n.out_length * n.filters, 1)),
        filters(random_numbers(n.width * 4 * n.filters, 2)) {}
};

std::vector<double> expected(const InputGradientShape& n, const Operands& operands) {
  std::vector<double> dx(n.batch * n.length * 4);
  for (std::int64_t b = 0; b < n.batch; ++b) {
    for (std::int64_t o = 0; o < n.out_length; ++o) {
      for (std::int64_t k = 0; k < n.width; ++k) {
        const std::int64_t i = o - n.pad_left + k;
        if (i < 0 || i >= n.length) continue;
        for (std::int64_t base = 0; base < 4; ++base) {
          for (std::int64_t f = 0; f < n.filters; ++f) {
            dx[(b * n.length + i) * 4 + base] +=
                static_cast<double>(operands.dy[(b * n.out_length + o) * n.filters + f]) *
                operands.filters[(k * 4 + base) * n.filters + f];
          }
        }
      }
    }
  }
  return dx;
}

std::vector<float> computed(const InputGradientShape& n, const Operands& operands) {
  const DeviceArray<float> dy(operands.dy), filters(operands.filters), dx(n.batch * n.length * 4);
  kernels::onehot_conv1d_input_gradient(n, kernels::Storage::f32, dy.data(), filters.data(), dx.data(),
                                        native_stream());
  return dx.read();
}

void expect_close(const InputGradientShape& n, const std::vector<double>& expected, const std::vector<float>& actual,
                  double tolerance) {
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::abs(expected[i] - actual[i]) <= tolerance * largest) continue;
    FAIL() << fmt::format("{} x {} positions, {} filters {} wide, padded {}: element {} is {}, not {}", n.batch,
                          n.length, n.filters, n.width, n.pad_left, i, actual[i], expected[i]);
  }
}

std::vector<InputGradientShape> shapes() {
  std::vector<InputGradientShape> shapes;
  for (const std::int64_t length : {1, 7, 127, 128, 129, 200, 300}) {
    for (const std::int64_t width : {1, 3, 8, 19, 33}) {
      for (const std::int64_t pad : {std::int64_t{0}, width / 2, width + 2}) {
        const std::int64_t out_length = length + 2 * pad - width + 1;
        if (out_length > 0) shapes.push_back({2, length, out_length, 5, width, pad});
      }
    }
  }
  for (const std::int64_t filters : {1, 15, 16, 17, 36}) shapes.push_back({1, 40, 40, filters, 9, 4});
  shapes.push_back({1, 100, 31, 3, 70, 0});
  return shapes;
}

TEST(OnehotInputGradient, AgreesWithTheSum) {
  for (const InputGradientShape& n : shapes()) {
    const Operands operands(n);
    expect_close(n, expected(n, operands), computed(n, operands), 1e-6);
  }
}

TEST(OnehotInputGradient, LongSumsOfOneSignKeepTheirDigits) {
  const InputGradientShape n{1, 64, 64, 300, 41, 20};
  Operands operands(n);
  operands.dy.assign(operands.dy.size(), 0.1f);
  operands.filters.assign(operands.filters.size(), 0.3f);
  expect_close(n, expected(n, operands), computed(n, operands), 2e-6);
}

TEST(OnehotInputGradient, NaNReachesTheBasesThatItsWindowSees) {
  const InputGradientShape n{1, 150, 150, 3, 10, 4};
  Operands operands(n);
  operands.dy[100 * n.filters + 1] = NAN;
  const std::vector<float> dx = computed(n, operands);
  for (std::int64_t i = 0; i < n.length; ++i) {
    for (std::int64_t base = 0; base < 4; ++base) EXPECT_EQ(std::isnan(dx[i * 4 + base]), i >= 96 && i < 106) << i;
  }
}

TEST(OnehotInputGradient, ReadsAndWritesBf16) {
  for (const std::int64_t filters : {3, 24}) {
    const InputGradientShape n{2, 140, 138, filters, 3, 0};
    Operands operands(n);
    const auto rounded = [](std::vector<float>& values) {
      std::vector<std::uint16_t> halves;
      for (auto& value : values) {
        halves.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
        value = std::bit_cast<float>(static_cast<std::uint32_t>(halves.back()) << 16);
      }
      return DeviceArray<std::uint16_t>(halves);
    };
    const DeviceArray<std::uint16_t> dy = rounded(operands.dy), weights = rounded(operands.filters);
    const DeviceArray<std::uint16_t> dx(n.batch * n.length * 4);
    kernels::onehot_conv1d_input_gradient(n, kernels::Storage::bf16, dy.data(), weights.data(), dx.data(),
                                          native_stream());
    std::vector<float> actual;
    for (const std::uint16_t half : dx.read()) {
      actual.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16));
    }
    expect_close(n, expected(n, operands), actual, 4e-3);
  }
}

TEST(OnehotInputGradient, NothingIsLaunchedForNoSequences) {
  EXPECT_TRUE(computed({0, 9, 7, 2, 3, 0}, Operands({0, 9, 7, 2, 3, 0})).empty());
}

}  // namespace
}  // namespace genocuda::kernel_test
