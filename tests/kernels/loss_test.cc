// SPDX-License-Identifier: Apache-2.0
// Losses of the sizes that models have: profiles of thousands of positions, hundreds of tasks, counts in the thousands.
#include "kernels/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

using kernels::LossKind;

struct Size {
  std::int64_t rows, width;
};

struct Result {
  float loss, divisor;
  std::vector<float> gradient;
};

Result run(LossKind kind, bool by_examples, const Size& size, const std::vector<float>& prediction,
           const std::vector<float>& target, const std::vector<float>& weights) {
  const DeviceArray<float> p(prediction), t(target), w(weights), loss(1), divisor(1), gradient(prediction.size()),
      dloss(std::vector<float>{2});
  const DeviceArray<std::byte> scratch(kernels::loss_scratch());
  const kernels::LossBatch batch{kind, by_examples, size.rows, size.width, p.data(), t.data(), w.data()};
  kernels::loss(batch, loss.data(), divisor.data(), scratch.data(), native_stream());
  kernels::loss_gradient(batch, dloss.data(), gradient.data(), scratch.data(), native_stream());
  return {loss.read()[0], divisor.read()[0], gradient.read()};
}

class Losses : public ::testing::TestWithParam<Size> {};

TEST_P(Losses, MultinomialOfProfiles) {
  const Size size = GetParam();
  const auto n = static_cast<std::size_t>(size.rows * size.width);
  std::vector<float> p(n), t(n), w(static_cast<std::size_t>(size.rows));
  for (std::size_t i = 0; i < n; ++i) {
    p[i] = static_cast<float>(i * 7919 % 1000) / 250 - 2;
    t[i] = static_cast<float>(i * 104729 % 50 < 30 ? 0 : i * 31 % 211);
  }
  double sum = 0, divisor = 0;
  std::vector<double> gradient(n);
  for (std::size_t row = 0; row < w.size(); ++row) {
    w[row] = row % 5 == 3 ? 0.0f : 0.5f + static_cast<float>(row % 3);
    const std::size_t begin = row * size.width, end = begin + size.width;
    double all = 0, total = 0, term = 0;
    for (std::size_t i = begin; i < end; ++i) {
      all += std::exp(static_cast<double>(p[i]));
      total += t[i];
      term += std::lgamma(t[i] + 1.0);
    }
    for (std::size_t i = begin; i < end; ++i) term -= t[i] * (p[i] - std::log(all));
    sum += w[row] * (term - std::lgamma(total + 1));
    divisor += w[row];
    for (std::size_t i = begin; i < end; ++i) gradient[i] = w[row] * (std::exp(p[i]) / all * total - t[i]);
  }
  const Result result = run(LossKind::multinomial_nll, false, size, p, t, w);
  EXPECT_NEAR(result.loss, sum / divisor, 1e-5 * std::abs(sum / divisor) + 1e-9);
  EXPECT_EQ(result.divisor, static_cast<float>(divisor));
  for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(result.gradient[i], 2 * gradient[i] / divisor, 1e-3) << i;
}

TEST_P(Losses, TasksWithMissingLabelsByExamples) {
  const Size size = GetParam();
  const auto n = static_cast<std::size_t>(size.rows * size.width);
  std::vector<float> p(n), t(n), w(n);
  double sum = 0, divisor = 0;
  for (std::size_t row = 0; row < static_cast<std::size_t>(size.rows); ++row) {
    bool any = false;
    for (std::size_t i = row * size.width; i < (row + 1) * size.width; ++i) {
      p[i] = static_cast<float>(i * 7919 % 1000) / 100 - 5;
      t[i] = row % 7 == 2 || i % 11 == 4 ? NAN : static_cast<float>(i % 2);
      w[i] = i % 13 == 5 ? 0.0f : 1.5f;
      if (std::isnan(t[i]) || w[i] == 0) continue;
      any = true;
      sum += w[i] * (std::log1p(std::exp(static_cast<double>(p[i]))) - t[i] * p[i]);
    }
    divisor += any;
  }
  const Result result = run(LossKind::bce_with_logits, true, size, p, t, w);
  EXPECT_NEAR(result.loss, divisor > 0 ? sum / divisor : 0, 1e-6 * std::abs(sum));
  EXPECT_EQ(result.divisor, static_cast<float>(divisor));
  for (std::size_t i = 0; i < n; ++i) {
    const bool counts = !std::isnan(t[i]) && w[i] > 0;
    const double slope = counts ? 2 * 1.5 * (1 / (1 + std::exp(-static_cast<double>(p[i]))) - t[i]) / divisor : 0;
    ASSERT_NEAR(result.gradient[i], slope, 1e-6) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Losses,
                         ::testing::Values(Size{1, 1}, Size{700, 1}, Size{64, 164}, Size{3, 919}, Size{6, 2000},
                                           Size{5, 1001}, Size{5000, 3}),
                         [](const auto& size) {
                           return std::to_string(size.param.rows) + "x" + std::to_string(size.param.width);
                         });

}  // namespace
}  // namespace genocuda::kernel_test
