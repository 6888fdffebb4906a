// SPDX-License-Identifier: Apache-2.0
#include "core/graph.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/ops/arithmetic.h"

namespace genocuda {
namespace {

const TensorType kPair{DType::f32, {2}};

TEST(Graph, RefusesShapesThatDoNotFitAndNamesThem) {
  Graph graph;
  const Value a = graph.input("a", kPair), b = graph.input("b", {DType::f32, {3}});
  const Graph::Scope outer(graph, "tower");
  const Graph::Scope inner(graph, "merge");
  try {
    add(a, b);
    FAIL() << "tensors of different shapes were added";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    EXPECT_STREQ(error.what(), "tower/merge: add(f32[2], f32[3]): f32[2] and f32[3] differ");
  }
}

TEST(Graph, ScopesEndWithTheirBlock) {
  Graph graph;
  const Value a = graph.input("a", kPair);
  {
    const Graph::Scope scope(graph, "conv1");
    a + a;
  }
  a + a;
  EXPECT_EQ(graph.node(1).scope, "conv1");
  EXPECT_EQ(graph.node(2).scope, "");
}

TEST(Graph, NamesOfInputsAndOutputsAreUnique) {
  Graph graph;
  const Value a = graph.input("a", kPair);
  EXPECT_THROW(graph.input("a", kPair), Error);
  graph.output("y", a);
  EXPECT_THROW(graph.output("y", a), Error);
  EXPECT_THROW(graph.find_output("z"), Error);
}

TEST(Graph, SharesVariablesByName) {
  Graph graph;
  const Value w = graph.variable("w", kPair);
  EXPECT_EQ(graph.variable("w", kPair).id(), w.id());
  EXPECT_THROW((graph.variable("w", TensorType{DType::f32, {3}})), Error);
}

TEST(Graph, AssignsVariablesOnceAndInTheirType) {
  Graph graph;
  const Value w = graph.variable("w", kPair), x = graph.input("x", kPair);
  EXPECT_THROW(graph.assign(x, w), Error);
  EXPECT_THROW(graph.assign(w, graph.input("y", {DType::f32, {3}})), Error);
  graph.assign(w, x);
  EXPECT_THROW(graph.assign(w, x + x), Error);
}

TEST(Graph, RefusesOperandsOfAnotherGraph) {
  Graph one, other;
  const Value a = one.input("a", kPair), b = other.input("b", kPair);
  EXPECT_THROW(a + b, Error);
  EXPECT_THROW(a + Value(), Error);
}

}  // namespace
}  // namespace genocuda
