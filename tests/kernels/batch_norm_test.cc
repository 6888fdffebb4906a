// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.h"

#include <gtest/gtest.h>

#include "tests/kernels/device_array.h"
#include "tests/kernels/numbers.h"

namespace genocuda::kernel_test {
namespace {

using kernels::BatchNorm;
using kernels::Storage;

BatchNorm shape(std::int64_t rows, std::int64_t channels, Storage storage = Storage::f32) {
  return {rows, channels, 1e-5, storage, Storage::f32};
}

/// What is computed of x, in double.
struct Expected {
  std::vector<double> y, mean, variance, dx, dgamma, dbeta;

  Expected(const BatchNorm& n, const std::vector<float>& x, const std::vector<float>& gamma,
           const std::vector<float>& beta, const std::vector<float>& dy)
      : y(x.size()), mean(gamma.size()), variance(mean), dx(x.size()), dgamma(mean), dbeta(mean) {
    const std::size_t channels = gamma.size();
    const auto rows = static_cast<double>(n.rows);
    for (std::size_t i = 0; i < x.size(); ++i) mean[i % channels] += x[i] / rows;
    for (std::size_t i = 0; i < x.size(); ++i) variance[i % channels] += std::pow(x[i] - mean[i % channels], 2) / rows;
    const auto normalised = [&](std::size_t i) {
      return (x[i] - mean[i % channels]) / std::sqrt(variance[i % channels] + n.epsilon);
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
      y[i] = gamma[i % channels] * normalised(i) + beta[i % channels];
      dgamma[i % channels] += dy[i] * normalised(i);
      dbeta[i % channels] += dy[i];
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % channels;
      dx[i] = gamma[c] / std::sqrt(variance[c] + n.epsilon) * (dy[i] - (dbeta[c] + normalised(i) * dgamma[c]) / rows);
    }
  }
};

/// What the launchers make of the same, on arrays that start `offset` elements past an aligned address.
struct Actual {
  std::vector<float> y, mean, variance, dx, dgamma, dbeta;

  Actual(const BatchNorm& n, const std::vector<float>& x, const std::vector<float>& gamma,
         const std::vector<float>& beta, const std::vector<float>& dy, std::size_t offset = 0) {
    const auto shifted = [&](std::vector<float> values) {
      values.insert(values.begin(), offset, 0.0F);
      return DeviceArray<float>(values);
    };
    const auto read = [&](const DeviceArray<float>& array) {
      const std::vector<float> values = array.read();
      return std::vector<float>(values.begin() + static_cast<std::ptrdiff_t>(offset), values.end());
    };
    const auto rows = shifted(x), gradient = shifted(dy), g = shifted(gamma), b = shifted(beta);
    const DeviceArray<float> normalised(x.size() + offset), dx_of(x.size() + offset), m(gamma.size() + offset),
        v(gamma.size() + offset), dg(gamma.size() + offset), db(gamma.size() + offset);
    const DeviceArray<double> scratch(kernels::batch_norm_scratch(n) / sizeof(double));
    kernels::batch_norm(n, rows.data() + offset, g.data() + offset, b.data() + offset, normalised.data() + offset,
                        m.data() + offset, v.data() + offset, scratch.data(), native_stream());
    kernels::batch_norm_backward(n, true, gradient.data() + offset, rows.data() + offset, g.data() + offset,
                                 m.data() + offset, v.data() + offset, dx_of.data() + offset, dg.data() + offset,
                                 db.data() + offset, scratch.data(), native_stream());
    y = read(normalised), mean = read(m), variance = read(v);
    dx = read(dx_of), dgamma = read(dg), dbeta = read(db);
  }
  bool operator==(const Actual&) const = default;
};

class BatchNormOf : public testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};

TEST_P(BatchNormOf, IsRightAndTheSameBitsWhereverItsElementsLie) {
  const auto [rows, channels] = GetParam();
  const BatchNorm n = shape(rows, channels);
  const std::size_t elements = static_cast<std::size_t>(rows * channels);
  const auto x = numbers(elements, -2, 3), dy = numbers(elements, -1, 2, 2), gamma = numbers(channels, 0.5F, 2, 3),
             beta = numbers(channels, -1, 1, 4);
  const Expected expected(n, x, gamma, beta, dy);
  const Actual actual(n, x, gamma, beta, dy);
  EXPECT_LE(error(actual.y, expected.y), 1e-6);
  EXPECT_LE(error(actual.mean, expected.mean), 1e-6);
  EXPECT_LE(error(actual.variance, expected.variance), 1e-6);
  EXPECT_LE(error(actual.dx, expected.dx), 3e-6);
  EXPECT_LE(error(actual.dgamma, expected.dgamma), 1e-5);
  EXPECT_LE(error(actual.dbeta, expected.dbeta), 1e-6);
  EXPECT_EQ(actual, Actual(n, x, gamma, beta, dy));
  EXPECT_EQ(actual, Actual(n, x, gamma, beta, dy, 1));
}

INSTANTIATE_TEST_SUITE_P(Shapes, BatchNormOf,
                         testing::Values(std::pair{250'000, 2}, std::pair{30'001, 4}, std::pair{5000, 19},
                                         std::pair{1000, 300}, std::pair{77, 132}),
                         [](const auto& test) {
                           return std::to_string(test.param.first) + "x" + std::to_string(test.param.second);
                         });

TEST(BatchNorm, LosesNoDigitsToAMeanFarFromZero) {
  const BatchNorm n = shape(40'000, 6);
  std::vector<float> x = numbers(40'000 * 6, 1e4F - 0.17F, 1e4F + 0.17F);  // a variance of 0.01
  x[0] = 0, x[7] = 3e4F;  // and first rows that say nothing of the others
  const std::vector<float> gamma(6, 1.0F), beta(6, 0.5F), dy(x.size(), 1.0F);
  const Expected expected(n, x, gamma, beta, dy);
  const Actual actual(n, x, gamma, beta, dy);
  for (std::size_t c = 0; c < 6; ++c) {
    EXPECT_NEAR(actual.variance[c] / expected.variance[c], 1, 1e-6) << c;
    EXPECT_NEAR(actual.mean[c] / expected.mean[c], 1, 1e-7) << c;
  }
  EXPECT_LE(error(actual.y, expected.y), 1e-6);
  // Where the variance is small, too: y is some sixty times less than where one row stands out.
  for (std::size_t i = 2; i < x.size(); i += 6) ASSERT_NEAR(actual.y[i], expected.y[i], 2e-5) << i;
}

TEST(BatchNorm, KeepsFloatNumbersOfChannelsBesideBf16) {
  const BatchNorm n = shape(3000, 16, Storage::bf16);
  const std::vector<float> x = from_bf16(to_bf16(numbers(3000 * 16, 2, 3))), dy = from_bf16(to_bf16(numbers(x.size())));
  const auto gamma = numbers(16, 0.5F, 2, 3), beta = numbers(16, -1, 1, 4);
  const Expected expected(n, x, gamma, beta, dy);
  const DeviceArray<std::uint16_t> rows(to_bf16(x)), gradient(to_bf16(dy));
  const DeviceArray<float> g(gamma), b(beta), mean(16), variance(16), dgamma(16), dbeta(16);
  const DeviceArray<std::uint16_t> y(x.size());
  const DeviceArray<double> scratch(kernels::batch_norm_scratch(n) / sizeof(double));
  kernels::batch_norm(n, rows.data(), g.data(), b.data(), y.data(), mean.data(), variance.data(), scratch.data(),
                      native_stream());
  EXPECT_LE(error(mean.read(), expected.mean), 1e-6);
  EXPECT_LE(error(variance.read(), expected.variance), 1e-6);
  EXPECT_LE(error(from_bf16(y.read()), expected.y), 0x1p-8);
  // In place of dy.
  kernels::batch_norm_backward(n, true, gradient.data(), rows.data(), g.data(), mean.data(), variance.data(),
                               gradient.data(), dgamma.data(), dbeta.data(), scratch.data(), native_stream());
  EXPECT_LE(error(dgamma.read(), expected.dgamma), 1e-5);
  EXPECT_LE(error(dbeta.read(), expected.dbeta), 1e-5);
  EXPECT_LE(error(from_bf16(gradient.read()), expected.dx), 0x1p-8);
  // In place of x, with given statistics.
  kernels::batch_norm_inference(n, rows.data(), g.data(), b.data(), mean.data(), variance.data(), rows.data(),
                                native_stream());
  EXPECT_LE(error(from_bf16(rows.read()), expected.y), 0x1p-8);
}

TEST(BatchNorm, OfNoRowsHasGradientsOfZero) {
  const BatchNorm n = shape(0, 3);
  const std::vector<float> gamma(3, 1.0F);
  const DeviceArray<float> none(0), g(gamma), dgamma(3), dbeta(3);
  const DeviceArray<double> scratch(kernels::batch_norm_scratch(n) / sizeof(double));
  kernels::batch_norm_backward(n, false, none.data(), none.data(), g.data(), g.data(), g.data(), none.data(),
                               dgamma.data(), dbeta.data(), scratch.data(), native_stream());
  EXPECT_EQ(dgamma.read(), std::vector<float>(3, 0.0F));
  EXPECT_EQ(dbeta.read(), std::vector<float>(3, 0.0F));
}

}  // namespace
}  // namespace genocuda::kernel_test
