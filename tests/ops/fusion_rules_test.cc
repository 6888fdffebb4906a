// SPDX-License-Identifier: Apache-2.0
// The rules of fusion: what they rewrite, what they leave, and that the values stay.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/implementation.h"
#include "core/ops/activation.h"
#include "core/ops/affine.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
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

/// y and the gradients of Σ y² in all variables.
std::vector<std::vector<double>> results(Graph graph) {
  const std::vector<Value> wrt = graph.variables();
  const Value y = graph.find_output("y");
  const std::vector<Value> gradients = gradient(sum(y * y), wrt).values;
  VariableStore variables(oracle());
  std::vector<std::string> outputs{"y"};
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    const std::string name = name_of(graph.node(wrt[i].id().node));
    variables.ensure(name, wrt[i].type());
    variables.write(name, to_bytes(random_numbers(name, wrt[i].type())));
    graph.output(outputs.emplace_back("gradient/" + name), gradients[i]);
  }
  Executable executable(remove_dead_nodes(graph), variables);
  HostTensor dna{kDna, {}};
  for (int i = 0; i < 18; ++i) dna.values.push_back(i % 5);  // every fifth is unknown
  executable.write("dna", std::span<const std::byte>(to_bytes(dna)));
  executable.run();
  std::vector<std::vector<double>> numbers;
  for (const std::string& output : outputs) numbers.push_back(executable.read<double>(output));
  return numbers;
}

void expect_same_results(const Graph& a, const Graph& b) {
  const auto copy = [](const Graph& graph) { return fuse(graph, {}); };
  const auto expected = results(copy(a)), actual = results(copy(b));
  ASSERT_EQ(expected.size(), actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(expected[i].size(), actual[i].size());
    for (std::size_t k = 0; k < expected[i].size(); ++k) EXPECT_NEAR(expected[i][k], actual[i][k], 1e-12);
  }
}

TEST(FusionRules, TurnOneHotIntoConvolutionOfBases) {
  for (const UnknownBase unknown : {UnknownBase::zeros, UnknownBase::quarters}) {
    const Graph plain = convolution(unknown), fused = fuse(plain, all_fusion_rules());
    EXPECT_EQ(count(fused, ops::kConv1d), 0);
    ASSERT_EQ(count(fused, ops::kOnehotConv1d), 1);
    for (int id = 0; id < fused.size(); ++id) {
      if (fused.node(id).op != &ops::kOnehotConv1d) continue;
      const auto& attributes = fused.node(id).attribute<ops::OnehotConv1dAttributes>();
      EXPECT_EQ(attributes.unknown, unknown);
      EXPECT_EQ(attributes.window, sliding_window(Padding::same, 9, 4, 2));
      EXPECT_EQ(fused.node(id).scope, "conv1");
    }
    expect_same_results(plain, fused);
  }
  EXPECT_NE(results(convolution(UnknownBase::zeros)), results(convolution(UnknownBase::quarters)));
}

TEST(FusionRules, LeaveAOneHotThatHasAnotherReader) {
  Graph graph;
  const Value bases = one_hot(graph.input("dna", kDna), DType::f64), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(bases, filters, sliding_window(Padding::valid, 9, 4)));
  graph.output("composition", mean(bases, 1, 2));
  EXPECT_EQ(count(fuse(graph, all_fusion_rules()), ops::kOnehotConv1d), 0);
}

TEST(FusionRules, LeaveAOneHotThatIsAnOutput) {
  Graph graph;
  const Value bases = one_hot(graph.input("dna", kDna), DType::f64), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(bases, filters, sliding_window(Padding::valid, 9, 4)));
  graph.output("bases", bases);
  EXPECT_EQ(count(fuse(graph, all_fusion_rules()), ops::kOnehotConv1d), 0);
}

TEST(FusionRules, LeaveAConvolutionOfNumbers) {
  Graph graph;
  const Value x = graph.input("x", {DType::f64, {2, 9, 4}}), filters = graph.variable("filters", kFilters);
  graph.output("y", conv1d(x, filters, sliding_window(Padding::valid, 9, 4)));
  EXPECT_EQ(count(fuse(graph, all_fusion_rules()), ops::kConv1d), 1);
}

struct FirstLayer {
  UnknownBase unknown = UnknownBase::zeros;
  std::optional<ops::ActivationAttributes> activation = ops::ActivationAttributes{ActivationKind::relu, 0};
  std::int64_t pool = 3;
  bool bias = true;
  bool watched = false;  ///< what goes into the pool has another reader
};

Graph first_layer(const FirstLayer& layer) {
  Graph graph;
  const Value dna = graph.input("dna", kDna), filters = graph.variable("filters", kFilters);
  Value x = conv1d(one_hot(dna, DType::f64, layer.unknown), filters, sliding_window(Padding::same, 9, 4));
  if (layer.bias) x = add_bias(x, graph.variable("bias", {DType::f64, {3}}));
  if (layer.activation) x = activation(x, layer.activation->kind, layer.activation->alpha);
  if (layer.watched) graph.output("watched", x);
  graph.output("y", max_pool1d(x, sliding_window(Padding::same, 9, layer.pool, 2)));
  return graph;
}

int fused_first_layers(const FirstLayer& layer) {
  return count(fuse(first_layer(layer), all_fusion_rules()), ops::kOnehotConv1dPool);
}

TEST(FusionRules, TurnAFirstLayerWithItsPoolIntoOneOperator) {
  using enum ActivationKind;
  for (const auto& activation : std::vector<std::optional<ops::ActivationAttributes>>{
           std::nullopt, {{relu, 0}}, {{sigmoid, 0}}, {{leaky_relu, 0.1}}, {{elu, 0.5}}, {{exp, 0}}}) {
    for (const UnknownBase unknown : {UnknownBase::zeros, UnknownBase::quarters}) {
      const Graph plain = first_layer({.unknown = unknown, .activation = activation});
      const Graph fused = fuse(plain, all_fusion_rules());
      EXPECT_EQ(fused.size(), 4);  // dna, filters, bias and the operator
      ASSERT_EQ(count(fused, ops::kOnehotConv1dPool), 1);
      expect_same_results(plain, fused);
    }
  }
}

TEST(FusionRules, LeaveAPoolThatNeedsAllOfItsInput) {
  EXPECT_EQ(fused_first_layers({}), 1);
  EXPECT_EQ(fused_first_layers({.watched = true}), 0);
  EXPECT_EQ(fused_first_layers({.bias = false}), 0);
  EXPECT_EQ(fused_first_layers({.activation = {{ActivationKind::gelu, 0}}}), 0);
  EXPECT_EQ(fused_first_layers({.activation = {{ActivationKind::log1p, 0}}}), 0);
  EXPECT_EQ(fused_first_layers({.activation = {{ActivationKind::leaky_relu, -0.1}}}), 0);
  EXPECT_EQ(fused_first_layers({.pool = 256}), 1);
  EXPECT_EQ(fused_first_layers({.pool = 257}), 0);
}

struct HiddenLayer {
  bool dense = false;
  std::optional<ops::ActivationAttributes> activation = ops::ActivationAttributes{ActivationKind::relu, 0};
  bool of_bases = false;    ///< a convolution of one-hot bases
  bool transposed = false;  ///< a product with transposed weights
  bool watched = false;     ///< the product has another reader
};

Graph hidden_layer(const HiddenLayer& layer) {
  Graph graph;
  const Value bases = one_hot(graph.input("dna", kDna), DType::f64), x = layer.of_bases ? bases : sigmoid(bases);
  const Shape weights = layer.transposed ? Shape{3, 36} : Shape{36, 3};
  Value y = layer.dense
                ? matmul(reshape(x, {2, 36}), graph.variable("weights", {DType::f64, weights}), false, layer.transposed)
                : conv1d(x, graph.variable("filters", kFilters), sliding_window(Padding::same, 9, 4, 2));
  if (layer.watched) graph.output("watched", y);
  y = add_bias(y, graph.variable("bias", {DType::f64, {3}}));
  if (layer.activation) y = activation(y, layer.activation->kind, layer.activation->alpha);
  graph.output("y", y);
  return graph;
}

/// How many layers are one operator, and how many activations are none of it.
std::pair<int, int> fused_hidden_layers(const HiddenLayer& layer) {
  const Graph fused = fuse(hidden_layer(layer), all_fusion_rules());
  const Operator& op = layer.dense ? ops::kDenseActivation : ops::kConv1dActivation;
  return {count(fused, op), count(fused, ops::kActivation) - (layer.of_bases ? 0 : 1)};
}

TEST(FusionRules, TurnAProductWithBiasAndActivationIntoOneOperator) {
  using enum ActivationKind;
  for (const bool dense : {false, true}) {
    for (const auto& activation : std::vector<std::optional<ops::ActivationAttributes>>{
             std::nullopt, {{relu, 0}}, {{tanh, 0}}, {{leaky_relu, 0.1}}, {{elu, 0.5}}}) {
      const HiddenLayer layer{.dense = dense, .activation = activation};
      EXPECT_EQ(fused_hidden_layers(layer), std::pair(1, 0));
      const Graph plain = hidden_layer(layer);
      expect_same_results(plain, fuse(plain, all_fusion_rules()));
    }
  }
}

TEST(FusionRules, LeaveOfAProductWhatOthersNeed) {
  for (const bool dense : {false, true}) {
    EXPECT_EQ(fused_hidden_layers({.dense = dense, .watched = true}), std::pair(0, 1));
    EXPECT_EQ(fused_hidden_layers({.dense = dense, .activation = {{ActivationKind::gelu, 0}}}), std::pair(1, 1));
    EXPECT_EQ(fused_hidden_layers({.dense = dense, .activation = {{ActivationKind::elu, -1}}}), std::pair(1, 1));
  }
  EXPECT_EQ(fused_hidden_layers({.dense = true, .transposed = true}), std::pair(0, 1));
  EXPECT_EQ(fused_hidden_layers({.of_bases = true}), std::pair(0, 1));
}

TEST(FusionRules, ApplyWhereTheDeviceHasMoreThanTheReference) {
  // The CPU convolves bases fast, but has nothing for the whole layer.
  const Graph fused = fuse(first_layer({}), fusion_rules(oracle()));
  EXPECT_EQ(count(fused, ops::kOnehotConv1dPool), 0);
  EXPECT_EQ(count(fused, ops::kOnehotConv1d), 1);
}

}  // namespace
}  // namespace genocuda::op_test
