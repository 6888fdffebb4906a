// SPDX-License-Identifier: Apache-2.0
// Rows of every length and alignment: lanes, warps and blocks share them.
#include "kernels/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

struct Rows {
  std::int64_t count, width;
};

std::vector<float> numbers(std::size_t n, int salt) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>((i * 2654435761u + salt * 977u) % 10007) / 1000 - 5;
  return x;
}

std::vector<double> log_softmax_of(const std::vector<float>& x, std::size_t offset, const Rows& rows) {
  std::vector<double> y(static_cast<std::size_t>(rows.count * rows.width));
  for (std::int64_t row = 0; row < rows.count; ++row) {
    const auto from = x.begin() + static_cast<std::ptrdiff_t>(offset) + row * rows.width;
    const double largest = *std::max_element(from, from + rows.width);
    double sum = 0;
    for (std::int64_t k = 0; k < rows.width; ++k) sum += std::exp(from[k] - largest);
    for (std::int64_t k = 0; k < rows.width; ++k) {
      y[static_cast<std::size_t>(row * rows.width + k)] = from[k] - largest - std::log(sum);
    }
  }
  return y;
}

class Softmax : public ::testing::TestWithParam<Rows> {};

TEST_P(Softmax, IsThatOfTheRow) {
  const Rows rows = GetParam();
  const auto n = static_cast<std::size_t>(rows.count * rows.width);
  for (const std::size_t offset : {0u, 1u}) {
    const std::vector<float> x = numbers(n + offset, 1);
    const DeviceArray<float> from(x), y(n + offset), log_y(n + offset);
    kernels::softmax(rows.count, rows.width, kernels::Storage::f32, from.data() + offset, y.data() + offset,
                     native_stream());
    kernels::log_softmax(rows.count, rows.width, kernels::Storage::f32, from.data() + offset, log_y.data() + offset,
                         native_stream());
    const std::vector<double> expected = log_softmax_of(x, offset, rows);
    const std::vector<float> result = y.read(), logarithm = log_y.read();
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(result[i + offset], std::exp(expected[i]), 1e-6 * std::exp(expected[i])) << i;
      ASSERT_NEAR(logarithm[i + offset], expected[i], 1e-6 * std::abs(expected[i]) + 1e-7) << i;
    }
  }
}

TEST_P(Softmax, DerivativesSumOverTheRow) {
  const Rows rows = GetParam();
  const auto n = static_cast<std::size_t>(rows.count * rows.width);
  const std::vector<float> d = numbers(n, 2);
  const std::vector<double> log_y = log_softmax_of(numbers(n, 1), 0, rows);
  std::vector<float> y(n), narrow(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = static_cast<float>(std::exp(log_y[i]));
    narrow[i] = static_cast<float>(log_y[i]);
  }
  const DeviceArray<float> along(d), softmax(y), log_softmax(narrow), gradient(n), backward(n), tangent(d);
  kernels::softmax_gradient(rows.count, rows.width, kernels::Storage::f32, along.data(), softmax.data(),
                            gradient.data(), native_stream());
  kernels::log_softmax_backward(rows.count, rows.width, kernels::Storage::f32, along.data(), log_softmax.data(),
                                backward.data(), native_stream());
  // In place.
  kernels::log_softmax_tangent(rows.count, rows.width, kernels::Storage::f32, tangent.data(), log_softmax.data(),
                               tangent.data(), native_stream());
  const std::vector<float> results[] = {gradient.read(), backward.read(), tangent.read()};
  for (std::int64_t row = 0; row < rows.count; ++row) {
    const std::size_t begin = static_cast<std::size_t>(row * rows.width), end = begin + rows.width;
    double sum = 0, dot = 0;
    for (std::size_t i = begin; i < end; ++i) {
      sum += d[i];
      dot += d[i] * std::exp(log_y[i]);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const double p = std::exp(log_y[i]);
      ASSERT_NEAR(results[0][i], p * (d[i] - dot), 1e-5 * p + 1e-9) << i;
      ASSERT_NEAR(results[1][i], d[i] - p * sum, 5e-5) << i;
      ASSERT_NEAR(results[2][i], d[i] - dot, 5e-5) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lengths, Softmax,
                         ::testing::Values(Rows{1, 1}, Rows{300, 1}, Rows{70, 2}, Rows{33, 5}, Rows{19, 16},
                                           Rows{9, 100}, Rows{11, 128}, Rows{3, 1000}, Rows{2, 1023}, Rows{2, 1024},
                                           Rows{3, 2000}, Rows{2, 4097}, Rows{1, 100000}),
                         [](const auto& rows) {
                           return std::to_string(rows.param.count) + "x" + std::to_string(rows.param.width);
                         });

TEST(SoftmaxRows, LanesThatSeeOnlyWhatIsRuledOut) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  const DeviceArray<float> x(std::vector<float>{kNone, kNone, kNone, kNone, 1, 1, 1, 1}), y(8);
  kernels::softmax(1, 8, kernels::Storage::f32, x.data(), y.data(), native_stream());
  EXPECT_EQ(y.read(), (std::vector<float>{0, 0, 0, 0, 0.25f, 0.25f, 0.25f, 0.25f}));
}

TEST(SoftmaxRows, MoreThanAGridTakes) {
  constexpr std::int64_t kRows = 16384 * 256 + 3;  // of one element: each thread a row
  const DeviceArray<float> x(std::vector<float>(kRows, 2.5f)), y(kRows);
  kernels::softmax(kRows, 1, kernels::Storage::f32, x.data(), y.data(), native_stream());
  const std::vector<float> result = y.read();
  EXPECT_EQ(std::count(result.begin(), result.end(), 1.0f), kRows);
}

}  // namespace
}  // namespace genocuda::kernel_test
