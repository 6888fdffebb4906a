// SPDX-License-Identifier: Apache-2.0
#include "learn/model/initialise.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/learn/model/model_run.h"

namespace genocuda {
namespace {

struct Moments {
  double mean, deviation, largest;
};

Moments moments(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  Moments result{std::accumulate(values.begin(), values.end(), 0.0) / n, 0, 0};
  for (const double value : values) {
    result.deviation += (value - result.mean) * (value - result.mean) / n;
    result.largest = std::max(result.largest, std::abs(value));
  }
  result.deviation = std::sqrt(result.deviation);
  return result;
}

class Initialise : public testing::Test {
 protected:
  Parameter parameter(InitialiserKind kind, const std::string& name = "layer/weights") {
    Parameter result;
    result.name = name;
    result.variable = graph_.variable(name, {DType::f32, {100, 300}});
    result.initialiser.kind = kind;
    result.fan_in = 100;
    result.fan_out = 300;
    return result;
  }
  Graph graph_;
};

TEST_F(Initialise, DistributionsHaveTheirWidths) {
  struct Case {
    InitialiserKind kind;
    double limit, deviation;
  };
  const double uniform = 1 / std::sqrt(3.0);
  for (const Case& expected :
       {Case{InitialiserKind::uniform_fan_in, 0.1, 0.1 * uniform},
        Case{InitialiserKind::he_uniform, std::sqrt(0.06), std::sqrt(0.06) * uniform},
        Case{InitialiserKind::glorot_uniform, std::sqrt(6.0 / 400), std::sqrt(6.0 / 400) * uniform},
        Case{InitialiserKind::he_normal, 1, std::sqrt(0.02)}}) {
    SCOPED_TRACE(name_of(expected.kind));
    const Moments found = moments(initial_values(parameter(expected.kind), 3));
    EXPECT_NEAR(found.deviation, expected.deviation, 0.02 * expected.deviation);
    EXPECT_NEAR(found.mean, 0, 4 * expected.deviation / std::sqrt(30000.0));
    EXPECT_LE(found.largest, expected.limit);
    EXPECT_GE(found.largest, 0.95 * std::min(expected.limit, 4 * expected.deviation));
  }
}

TEST_F(Initialise, DependsOnNameAndSeedAlone) {
  const auto values = initial_values(parameter(InitialiserKind::he_normal, "a"), 3);
  EXPECT_EQ(values, initial_values(parameter(InitialiserKind::he_normal, "a"), 3));
  EXPECT_NE(values, initial_values(parameter(InitialiserKind::he_normal, "b"), 3));
  EXPECT_NE(values, initial_values(parameter(InitialiserKind::he_normal, "a"), 4));
}

TEST(InitialiseModel, OrderOfLayersAndDtypeDoNotMatter) {
  const ModelSpec one = parse_model_toml(R"(
name = "one"
layers = [{ type = "dense", name = "x", units = 8 }, { type = "dense", name = "y", units = 8 }])",
                                         "one");
  const ModelSpec two = parse_model_toml(R"(
name = "two"
layers = [{ type = "batch_norm" }, { type = "dense", name = "z", units = 8 }, { type = "dense", name = "y", units = 8 },
          { type = "dense", name = "x", from = "dna", units = 8 }])",
                                         "two");
  ModelRun first(one, {.length = 2}, {.dtype = DType::f64}), second(two, {.length = 2}, {.dtype = DType::f64});
  EXPECT_EQ(first.variable("x/weights"), second.variable("x/weights"));
  EXPECT_EQ(first.variable("y/weights"), second.variable("y/weights"));
  EXPECT_EQ(first.variable("y/bias"), second.variable("y/bias"));
  EXPECT_EQ(second.variable("batch_norm1/gamma"), std::vector<double>(4, 1));
  EXPECT_EQ(second.variable("batch_norm1/running_variance"), std::vector<double>(4, 1));
  EXPECT_EQ(second.variable("batch_norm1/running_mean"), std::vector<double>(4, 0));
  ModelRun single(one, {.length = 2}, {.dtype = DType::f32});
  const auto wide = first.variable("x/weights"), narrow = single.variable("x/weights");
  for (std::size_t i = 0; i < wide.size(); ++i) EXPECT_EQ(static_cast<float>(wide[i]), narrow[i]);
}

}  // namespace
}  // namespace genocuda
