// SPDX-License-Identifier: Apache-2.0
#include "core/passes.h"

#include <gtest/gtest.h>

#include "core/ops/arithmetic.h"

namespace genocuda {
namespace {

const TensorType kScalar{DType::f64, {}};

/// x·f1·f2 -> x·(f1·f2).
std::optional<std::vector<Value>> merge_scales(const FusionSite& site) {
  if (site.node().op != &ops::kScale) return {};
  const Node* inner = site.single_producer(0, ops::kScale);
  if (inner == nullptr) return {};
  const auto outer = site.node().attribute<ops::ScaleAttributes>(), first = inner->attribute<ops::ScaleAttributes>();
  return {
      {scale(site.mapped(inner->inputs[0]), outer.factor * first.factor, outer.factor * first.offset + outer.offset)}};
}

constexpr FusionRule kMergeScales{"merge scales", merge_scales};

TEST(Passes, RemoveDeadNodesKeepsInputsOutputsAndAssignments) {
  Graph graph;
  const Value x = graph.input("x", kScalar), w = graph.variable("w", kScalar);
  graph.variable("unused", kScalar);
  x* x;  // dead
  graph.assign(w, w + x);
  graph.output("y", x + x);
  Graph live = remove_dead_nodes(graph);
  EXPECT_EQ(live.size(), 4);  // x, w, w + x, x + x
  EXPECT_EQ(live.outputs().size(), 1u);
  EXPECT_EQ(live.assignments().size(), 1u);
  EXPECT_EQ(live.variables().size(), 1u);
}

TEST(Passes, FuseRewritesChains) {
  Graph graph;
  const Value x = graph.input("x", kScalar);
  {
    const Graph::Scope scope(graph, "chain");
    graph.output("y", scale(scale(x, 2, 1), 3, 4));
  }
  Graph fused = fuse(graph, std::span(&kMergeScales, 1));
  ASSERT_EQ(fused.size(), 2);
  const auto merged = fused.node(1).attribute<ops::ScaleAttributes>();
  EXPECT_EQ(merged.factor, 6);
  EXPECT_EQ(merged.offset, 7);
  EXPECT_EQ(fused.node(1).scope, "chain");
}

TEST(Passes, FuseLeavesWhatHasTwoConsumers) {
  Graph graph;
  const Value x = graph.input("x", kScalar);
  const Value inner = scale(x, 2);
  graph.output("y", scale(inner, 3) + inner);
  EXPECT_EQ(fuse(graph, std::span(&kMergeScales, 1)).size(), graph.size());
}

TEST(Passes, FuseLeavesWhatIsAnOutput) {
  Graph graph;
  const Value inner = scale(graph.input("x", kScalar), 2);
  graph.output("inner", inner);
  graph.output("y", scale(inner, 3));
  EXPECT_EQ(fuse(graph, std::span(&kMergeScales, 1)).size(), graph.size());
}

}  // namespace
}  // namespace genocuda
