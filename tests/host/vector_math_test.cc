// SPDX-License-Identifier: Apache-2.0
// The vector code's elementary functions: error over the floats of their range, and what they give at its ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/ops/activation.h"
#include "tests/host/levels.h"

namespace genocuda::fast {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Function {
  ActivationKind kind;
  double (*exact)(double);
  float low, high;  ///< where the result is a normal float
  double bound;     ///< on the relative error
};

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double exact_softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

const Function kFunctions[] = {
    {ActivationKind::exp, [](double x) { return std::exp(x); }, -87.3f, 88.7f, 1.2e-7},
    {ActivationKind::sigmoid, exact_sigmoid, -87.3f, 100, 2e-7},
    {ActivationKind::tanh, [](double x) { return std::tanh(x); }, -100, 100, 2e-7},
    {ActivationKind::softplus, exact_softplus, -87, 100, 2e-7},
    {ActivationKind::elu, [](double x) { return x > 0 ? x : std::expm1(x); }, -100, 100, 2.4e-7},
};

/// Every 997th float between the bounds, both signs.
std::vector<float> floats(float low, float high) {
  std::vector<float> result;
  const auto add = [&](float end, float sign) {
    for (std::uint32_t bits = std::bit_cast<std::uint32_t>(1e-30f); bits <= std::bit_cast<std::uint32_t>(end);
         bits += 997) {
      result.push_back(sign * std::bit_cast<float>(bits));
    }
  };
  add(high, 1);
  add(-low, -1);
  return result;
}

float apply(const Level& level, ActivationKind kind, float x) {
  float y = 0;
  level.kernels.activation[static_cast<int>(kind)](&x, &y, 1, 1);
  return y;
}

TEST(VectorMath, StaysWithinItsErrorBound) {
  for (const Level& level : levels()) {
    for (const Function& function : kFunctions) {
      const std::vector<float> x = floats(function.low, function.high);
      std::vector<float> y(x.size());
      level.kernels.activation[static_cast<int>(function.kind)](x.data(), y.data(), static_cast<std::int64_t>(x.size()),
                                                                1);
      double worst = 0;
      float where = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = function.exact(x[i]), error = std::abs(y[i] - exact) / std::abs(exact);
        if (!(error <= worst)) {
          worst = error;
          where = x[i];
        }
      }
      EXPECT_LE(worst, function.bound) << name_of(function.kind) << " at " << where << ", " << level.name;
    }
  }
}

TEST(VectorMath, IsRightAtTheEndsOfTheRange) {
  for (const Level& level : levels()) {
    EXPECT_EQ(apply(level, ActivationKind::exp, kInfinity), kInfinity);
    EXPECT_EQ(apply(level, ActivationKind::exp, 89), kInfinity);
    EXPECT_EQ(apply(level, ActivationKind::exp, -kInfinity), 0);
    EXPECT_EQ(apply(level, ActivationKind::exp, 0), 1);
    EXPECT_NEAR(apply(level, ActivationKind::exp, -100), std::exp(-100.0f), 1.5e-45f);  // denormal
    EXPECT_EQ(apply(level, ActivationKind::sigmoid, kInfinity), 1);
    EXPECT_EQ(apply(level, ActivationKind::sigmoid, -kInfinity), 0);
    EXPECT_EQ(apply(level, ActivationKind::sigmoid, 0), 0.5f);
    EXPECT_EQ(apply(level, ActivationKind::tanh, kInfinity), 1);
    EXPECT_EQ(apply(level, ActivationKind::tanh, -kInfinity), -1);
    EXPECT_EQ(apply(level, ActivationKind::softplus, kInfinity), kInfinity);
    EXPECT_EQ(apply(level, ActivationKind::softplus, -kInfinity), 0);
    EXPECT_EQ(apply(level, ActivationKind::elu, -kInfinity), -1);
    EXPECT_EQ(apply(level, ActivationKind::elu, kInfinity), kInfinity);
  }
}

TEST(VectorMath, KeepsNaN) {
  for (const Level& level : levels()) {
    for (int kind = 0; kind < kActivations; ++kind) {
      if (level.kernels.activation[kind] == nullptr) continue;
      EXPECT_TRUE(std::isnan(apply(level, static_cast<ActivationKind>(kind), kNaN)))
          << name_of(static_cast<ActivationKind>(kind)) << ", " << level.name;
    }
  }
}

}  // namespace
}  // namespace genocuda::fast
