// SPDX-License-Identifier: Apache-2.0
#include "core/differentiate.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/executable.h"
#include "core/ops/arithmetic.h"
#include "toy_device.h"

namespace genocuda {
namespace {

const TensorType kScalar{DType::f64, {}};

/// Runs a graph of scalars with the inputs given and returns its outputs in order.
std::vector<double> evaluate(const Graph& graph, const std::vector<std::pair<std::string, double>>& inputs) {
  testing::ToyDevice device;
  VariableStore variables(device);
  Executable executable(graph, variables, {.check_memory = true});
  for (const auto& [name, value] : inputs) executable.write<double>(name, std::span(&value, 1));
  executable.run();
  std::vector<double> results;
  for (const auto& [name, id] : graph.outputs()) results.push_back(executable.read<double>(name).at(0));
  return results;
}

/// The expression of the lecture, e = (a + b)(b + 1).
struct Lecture {
  Graph graph;
  Value a = graph.input("a", kScalar);
  Value b = graph.input("b", kScalar);
  Value e = (a + b) * (b + 1);
};

TEST(Differentiate, LectureExpressionInReverse) {
  Lecture lecture;
  lecture.graph.output("e", lecture.e);
  const Derivatives gradients = gradient(lecture.e, std::vector{lecture.a, lecture.b});
  lecture.graph.output("de/da", gradients.values[0]);
  lecture.graph.output("de/db", gradients.values[1]);
  EXPECT_EQ(evaluate(lecture.graph, {{"a", 2}, {"b", 1}}), (std::vector<double>{6, 2, 5}));
  EXPECT_EQ(gradients.edges, 5u);  // a and b into c, b into d, c and d into e
}

TEST(Differentiate, LectureExpressionForward) {
  for (const auto& [wrt_b, expected] : {std::pair{false, 2.0}, std::pair{true, 5.0}}) {
    Lecture lecture;
    const Value seed = lecture.graph.constant(1, kScalar);
    const Seed direction{wrt_b ? lecture.b : lecture.a, seed};
    const Derivatives tangents = tangent(std::vector{lecture.e}, std::vector{direction});
    lecture.graph.output("de", tangents.values[0]);
    EXPECT_EQ(evaluate(lecture.graph, {{"a", 2}, {"b", 1}}), std::vector<double>{expected});
    EXPECT_EQ(tangents.edges, wrt_b ? 4u : 2u);
  }
}

/// y ↦ y + y·1 + y·1 …: each stage has three edges from one value to the next, n stages 3^n paths.
Value diamond_chain(Value x, int stages) {
  for (int i = 0; i < stages; ++i) x = (scale(x, 1) + scale(x, 1)) + scale(x, 1);
  return x;
}

TEST(Differentiate, TouchesEachEdgeOnceWherePathsGrowAs3ToTheN) {
  constexpr int kStages = 30;
  for (const bool reverse : {true, false}) {
    Graph graph;
    const Value x = graph.input("x", kScalar);
    const Value y = diamond_chain(x, kStages);
    const int nodes_before = graph.size();
    Derivatives result = reverse ? gradient(y, std::vector{x})
                                 : tangent(std::vector{y}, std::vector{Seed{x, graph.constant(1, kScalar)}});
    EXPECT_EQ(result.edges, 7u * kStages);  // 3 into the scales, 2 into each of 2 adds
    EXPECT_LE(graph.size() - nodes_before, 6 * kStages + 2);
    graph.output("dy", result.values[0]);
    EXPECT_EQ(evaluate(graph, {{"x", 1}}), std::vector<double>{std::pow(3.0, kStages)});
  }
}

TEST(Differentiate, GivesZeroWhereNothingDepends) {
  Graph graph;
  const Value x = graph.input("x", kScalar), z = graph.input("z", kScalar);
  const Value y = x * x;
  graph.output("dy/dz", gradient(y, std::vector{z}).values[0]);
  graph.output("ty", tangent(std::vector{y}, std::vector{Seed{z, graph.constant(1, kScalar)}}).values[0]);
  EXPECT_EQ(evaluate(graph, {{"x", 3}, {"z", 4}}), (std::vector<double>{0, 0}));
}

TEST(Differentiate, DifferentiatesWithRespectToValuesInside) {
  Graph graph;
  const Value x = graph.input("x", kScalar);
  const Value h = x * x;
  const Value y = h * h;
  const Derivatives gradients = gradient(y, std::vector{h, x});
  graph.output("dy/dh", gradients.values[0]);
  graph.output("dy/dx", gradients.values[1]);
  EXPECT_EQ(evaluate(graph, {{"x", 2}}), (std::vector<double>{8, 32}));
}

TEST(Differentiate, DifferentiatesTwice) {
  Graph graph;
  const Value x = graph.input("x", kScalar);
  const Value y = x * x * x;
  const Value first = gradient(y, std::vector{x}).values[0];
  graph.output("reverse over reverse", gradient(first, std::vector{x}).values[0]);
  graph.output("forward over reverse",
               tangent(std::vector{first}, std::vector{Seed{x, graph.constant(1, kScalar)}}).values[0]);
  EXPECT_EQ(evaluate(graph, {{"x", 2}}), (std::vector<double>{12, 12}));
}

TEST(Differentiate, RefusesWhatIsNoScalarAndWhatHasNoRule) {
  Graph graph;
  const Value x = graph.input("x", {DType::f64, {2}});
  EXPECT_THROW(gradient(x * x, std::vector{x}), Error);

  static const Operator kOpaque{.name = "opaque", .infer = [](const std::any&, std::span<const TensorType> inputs) {
                                  return std::vector<TensorType>{inputs[0]};
                                }};
  const Value s = graph.input("s", kScalar);
  const Graph::Scope scope(graph, "layer3");
  const Value y = graph.apply_one(kOpaque, {}, {s});
  try {
    gradient(y, std::vector{s});
    FAIL() << "an operator without a rule was differentiated";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "layer3: opaque has no reverse-mode derivative");
  }
}

}  // namespace
}  // namespace genocuda
