// SPDX-License-Identifier: Apache-2.0
// The rules of fusion: what they rewrite, what they leave, and that the values stay.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/ops/conv1d.h"
#include "core/ops/one_hot.h"
#include "core/ops/reduction.h"
#include "core/passes.h"
#include "tests/ops/devices.h"
#include "tests/ops/operator_case.h"

namespace genocuda::op_test {
namespace {

const TensorType kDna{DType::dna, {2, 9}}, kFilters{DType::f64, {4, 4, 3}};

int count(const Graph& graph, const Operator& op) {
  int nodes = 0;
  for (int id = 0; id < graph.size(); ++id) nodes += graph.node(id).op == &op;
  return nodes;
}

Graph convolution(UnknownBase unknown) {
  Graph graph;
  const Graph::Scope scope(graph, "conv1");
  const Value dna = graph.input("dna", kDna), filters = graph.variable("filters", kFilters);
  SlidingWindow window = sliding_window(Padding::same, 9, 4, 2);
  graph.output("y", conv1d(one_hot(dna, DType::f64, unknown), filters, window));
  return graph;
}

/// y and the gradient of its sum in the filters.
std::vector<std::vector<double>> results(Graph graph) {
  const std::vector<Value> wrt{graph.variable("filters", kFilters)};
  graph.output("gradient", gradient(sum(graph.find_output("y")), wrt).values.front());
  const Graph clean = remove_dead_nodes(graph);
  VariableStore variables(oracle());
  variables.ensure("filters", kFilters);
  variables.write("filters", to_bytes(random_numbers("filters", kFilters)));
  Executable executable(clean, variables);
  HostTensor dna{kDna, {}};
  for (int i = 0; i < 18; ++i) dna.values.push_back(i % 5);  // every fifth is unknown
  executable.write("dna", std::span<const std::byte>(to_bytes(dna)));
  executable.run();
  return {executable.read<double>("y"), executable.read<double>("gradient")};
}

TEST(FusionRules, TurnOneHotIntoConvolutionOfBases) {
  for (const UnknownBase unknown : {UnknownBase::zeros, UnknownBase::quarters}) {
    const Graph plain = convolution(unknown), fused = fuse(plain, fusion_rules());
    EXPECT_EQ(count(fused, ops::kConv1d), 0);
    ASSERT_EQ(count(fused, ops::kOnehotConv1d), 1);
    for (int id = 0; id < fused.size(); ++id) {
      if (fused.node(id).op != &ops::kOnehotConv1d) continue;
      const auto& attributes = fused.node(id).attribute<ops::OnehotConv1dAttributes>();
      EXPECT_EQ(attributes.unknown, unknown);
      EXPECT_EQ(attributes.window, sliding_window(Padding::same, 9, 4, 2));
      EXPECT_EQ(fused.node(id).scope, "conv1");
    }
    const auto expected = results(convolution(unknown)), actual = results(fuse(plain, fusion_rules()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(expected[i].size(), actual[i].size());
      for (std::size_t k = 0; k < expected[i].size(); ++k) EXPECT_NEAR(expected[i][k], actual[i][k], 1e-12);
    }
  }
  EXPECT_NE(results(convolution(UnknownBase::zeros)), results(convolution(UnknownBase::quarters)));
}

TEST(FusionRules, LeaveAOneHotThatHasAnotherReader) {
  Graph graph;
  const Value bases = one_hot(graph.input("dna", kDna), DType::f64), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(bases, filters, sliding_window(Padding::valid, 9, 4)));
  graph.output("composition", mean(bases, 1, 2));
  EXPECT_EQ(count(fuse(graph, fusion_rules()), ops::kOnehotConv1d), 0);
}

TEST(FusionRules, LeaveAOneHotThatIsAnOutput) {
  Graph graph;
  const Value bases = one_hot(graph.input("dna", kDna), DType::f64), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(bases, filters, sliding_window(Padding::valid, 9, 4)));
  graph.output("bases", bases);
  EXPECT_EQ(count(fuse(graph, fusion_rules()), ops::kOnehotConv1d), 0);
}

TEST(FusionRules, LeaveAConvolutionOfNumbers) {
  Graph graph;
  const Value x = graph.input("x", {DType::f64, {2, 9, 4}}), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(x, filters, sliding_window(Padding::valid, 9, 4)));
  EXPECT_EQ(count(fuse(graph, fusion_rules()), ops::kConv1d), 1);
}

}  // namespace
}  // namespace genocuda::op_test
