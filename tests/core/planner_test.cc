// SPDX-License-Identifier: Apache-2.0
#include "core/planner.h"

#include <gtest/gtest.h>

#include "core/ops/arithmetic.h"

namespace genocuda {
namespace {

const TensorType kBlock{DType::f64, {64}};  // 512 bytes

/// Never in place, unlike add.
const Operator kCopy{.name = "copy", .infer = [](const std::any&, std::span<const TensorType> inputs) {
                       return std::vector<TensorType>{inputs[0]};
                     }};
const Operator kView{.name = "view", .infer = kCopy.infer, .view = true};

Value copy(Value x) { return x.graph().apply_one(kCopy, {}, {x}); }

MemoryPlan plan(const Graph& graph, const PlanOptions& options = {}) {
  const std::vector<std::size_t> no_scratch(graph.size(), 0);
  return plan_memory(graph, make_schedule(graph), no_scratch, options);
}

TEST(Planner, ReusesDeadMemory) {
  Graph graph;
  Value x = graph.input("x", kBlock);
  for (int i = 0; i < 10; ++i) x = copy(x);
  graph.output("y", x);
  const MemoryPlan result = plan(graph);
  EXPECT_EQ(result.arena_bytes, 2 * kBlock.bytes());
  EXPECT_EQ(result.unshared_bytes, 10 * kBlock.bytes());
}

TEST(Planner, WritesInPlaceOfWhatIsUsedLast) {
  Graph graph;
  const Value x = graph.input("x", kBlock);
  const Value h = copy(x);
  const Value last = h + x;
  graph.output("y", last);
  const MemoryPlan result = plan(graph);
  EXPECT_EQ(result[last.id()].offset, result[h.id()].offset);
  EXPECT_EQ(result.arena_bytes, kBlock.bytes());
}

TEST(Planner, KeepsWhatIsStillUsed) {
  Graph graph;
  const Value h = copy(graph.input("x", kBlock));
  const Value first = h + h;
  const Value second = first + h;
  graph.output("y", second);
  const MemoryPlan result = plan(graph);
  EXPECT_NE(result[first.id()].offset, result[h.id()].offset);
}

TEST(Planner, NeverWritesIntoInputsAndOutputs) {
  Graph graph;
  const Value x = graph.input("x", kBlock);
  const Value h = x + x, y = h * 2;
  graph.output("h", h);
  graph.output("y", y);
  const MemoryPlan result = plan(graph);
  EXPECT_EQ(result[x.id()].kind, Placement::Kind::leaf);
  EXPECT_EQ(result[h.id()].kind, Placement::Kind::arena);
  EXPECT_NE(result[h.id()].offset, result[y.id()].offset);
}

TEST(Planner, ViewsKeepTheirMemoryAlive) {
  Graph graph;
  const Value h = copy(graph.input("x", kBlock));
  const Value view = graph.apply_one(kView, {}, {h});
  const Value other = copy(graph.input("z", kBlock));
  graph.output("y", view + other);
  const MemoryPlan result = plan(graph);
  EXPECT_EQ(result[view.id()].offset, result[h.id()].offset);
  EXPECT_NE(result[view.id()].offset, result[other.id()].offset);
}

TEST(Planner, UpdatesVariablesInPlace) {
  Graph graph;
  const Value w = graph.variable("w", kBlock);
  const Value next = w + graph.input("dw", kBlock);
  graph.assign(w, next);
  const MemoryPlan result = plan(graph);
  EXPECT_EQ(result[next.id()].kind, Placement::Kind::leaf);
  EXPECT_EQ(result[next.id()].leaf, w.id());
  EXPECT_EQ(result.arena_bytes, 0u);
}

TEST(Planner, DoesNotUpdateAVariableThatIsReadLater) {
  Graph graph;
  const Value w = graph.variable("w", kBlock);
  const Value next = w + graph.input("dw", kBlock);
  graph.output("y", w * 3);
  graph.assign(w, next);
  EXPECT_EQ(plan(graph)[next.id()].kind, Placement::Kind::arena);
}

TEST(Planner, KeepsOutputsOutOfVariables) {
  Graph graph;
  const Value w = graph.variable("w", kBlock);
  const Value y = w * 2;  // might lie in w, but outlives it
  graph.output("y", y);
  graph.assign(w, graph.input("x", kBlock));
  EXPECT_EQ(plan(graph)[y.id()].kind, Placement::Kind::arena);
}

TEST(Planner, ScratchDoesNotOverlapWhatItsNodeUses) {
  Graph graph;
  const Value x = copy(graph.input("x", kBlock));
  const Value y = copy(x);
  graph.output("y", y);
  std::vector<std::size_t> scratch(graph.size(), 0);
  scratch[y.id().node] = 100;
  const MemoryPlan result = plan_memory(graph, make_schedule(graph), scratch);
  EXPECT_NE(result.scratch[y.id().node], result[x.id()].offset);
  EXPECT_NE(result.scratch[y.id().node], result[y.id()].offset);
}

TEST(Planner, LeavesRedZonesRoundEveryPlace) {
  Graph graph;
  const Value x = copy(graph.input("x", kBlock));
  graph.output("y", copy(x));
  const MemoryPlan result = plan(graph, {.alignment = 64, .red_zone = 64});
  EXPECT_EQ(result[x.id()].offset, 64u);
  EXPECT_EQ(result.arena_bytes, 2 * (kBlock.bytes() + 128));
}

TEST(Planner, SchedulesOnlyWhatIsNeeded) {
  Graph graph;
  const Value x = graph.input("x", kBlock);
  copy(x);
  const Value needed = copy(x);
  graph.output("y", needed);
  EXPECT_EQ(make_schedule(graph), std::vector<int>{needed.id().node});
}

}  // namespace
}  // namespace genocuda
