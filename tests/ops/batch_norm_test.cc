// SPDX-License-Identifier: Apache-2.0
// Batch normalisation by hand, and far from zero.
#include "core/ops/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "core/ops/reduction.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

struct Normalised {
  std::vector<float> y, mean, variance, dx;
};

/// In training, with gamma 2 and beta -1; dx is the gradient of Σ y².
Normalised normalise(const Shape& shape, const std::vector<float>& values, const std::string& implementation) {
  Graph graph;
  const TensorType channels{DType::f32, {shape[-1]}};
  const Value x = graph.input("x", {DType::f32, shape});
  const auto [y, mean, variance] = batch_norm(x, graph.constant(2, channels), graph.constant(-1, channels), 1e-5);
  graph.output("y", y);
  graph.output("mean", mean);
  graph.output("variance", variance);
  graph.output("dx", gradient(sum(y * y), std::span(&x, 1)).values[0]);
  VariableStore variables(oracle());
  ExecutableOptions options{.check_memory = true};
  if (!implementation.empty()) options.implementations["*"] = implementation;
  Executable executable(graph, variables, options);
  executable.write("x", std::span<const float>(values));
  executable.run();
  return {executable.read<float>("y"), executable.read<float>("mean"), executable.read<float>("variance"),
          executable.read<float>("dx")};
}

class BatchNorm : public ::testing::TestWithParam<const char*> {};

TEST_P(BatchNorm, TakesTheBiasedStatisticsOfTheBatch) {
  const Normalised result = normalise({4, 1}, {1, 2, 3, 6}, GetParam());
  EXPECT_EQ(result.mean, std::vector<float>{3});
  EXPECT_EQ(result.variance, std::vector<float>{3.5});  // (4 + 1 + 0 + 9) / 4
  for (std::size_t i = 0; i < 4; ++i) {
    const double x[] = {1, 2, 3, 6};
    EXPECT_NEAR(result.y[i], 2 * (x[i] - 3) / std::sqrt(3.5 + 1e-5) - 1, 1e-6);
  }
}

TEST_P(BatchNorm, GivesBetaWhereTheVarianceIsZero) {
  for (const float constant : {0.0f, 2.5f, -1e6f}) {
    const Normalised result = normalise({2, 3, 1}, std::vector<float>(6, constant), GetParam());
    EXPECT_EQ(result.mean, std::vector<float>{constant});
    EXPECT_EQ(result.variance, std::vector<float>{0});
    EXPECT_EQ(result.y, std::vector<float>(6, -1));
    for (const float dx : result.dx) EXPECT_NEAR(dx, 0, 1e-3);
  }
}

TEST_P(BatchNorm, OfOneRowIsBeta) {
  const Normalised result = normalise({1, 3}, {7, -2, 0}, GetParam());
  EXPECT_EQ(result.mean, (std::vector<float>{7, -2, 0}));
  EXPECT_EQ(result.variance, std::vector<float>(3, 0));
  EXPECT_EQ(result.y, std::vector<float>(3, -1));
}

// E[x²] − E[x]² would lose all digits here: the squares are 10¹⁰, their differences 1.
TEST_P(BatchNorm, DoesNotCancelFarFromZero) {
  const Normalised result = normalise({4, 1}, {100000, 100001, 100002, 100003}, GetParam());
  EXPECT_EQ(result.mean, std::vector<float>{100001.5});
  EXPECT_EQ(result.variance, std::vector<float>{1.25});
  EXPECT_NEAR(result.y[0], 2 * -1.5 / std::sqrt(1.25 + 1e-5) - 1, 1e-5);
}

// Shifting or stretching x does not change y: no gradient points along either.
TEST_P(BatchNorm, GradientIsOrthogonalToShiftAndStretch) {
  const std::vector<float> x{0.5f, -1, 2, 0.25f, 3, -0.75f};
  const Normalised result = normalise({6, 1}, x, GetParam());
  double along_shift = 0, along_stretch = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    along_shift += result.dx[i];
    along_stretch += result.dx[i] * x[i];
  }
  EXPECT_NEAR(along_shift, 0, 1e-5);
  EXPECT_NEAR(along_stretch, 0, 1e-3);  // epsilon is not stretched
}

INSTANTIATE_TEST_SUITE_P(Implementations, BatchNorm, ::testing::Values("reference", "vector"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace genocuda::op_test
