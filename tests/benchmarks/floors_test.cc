// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/floors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "benchmarks/gpu/layers.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/ops/optimizer.h"
#include "core/ops/pooling.h"

namespace genocuda::bench {
namespace {

const Layer& layer(std::string_view name) { return *std::ranges::find(layers(), name, &Layer::name); }

Floor floor(const Layer& one, const Operator& op, Precision precision, DType dtype = DType::f32,
            std::int64_t batch = 1) {
  for (const LayerOperator& each : operators_of(one, batch, dtype)) {
    if (each.op == &op) return floor_of({*each.op, each.attributes, each.inputs, each.outputs, precision});
  }
  ADD_FAILURE() << one.name << " has no " << op.name;
  return {};
}

double mflop(std::string_view name, const Operator& op) {
  return floor(layer(name), op, Precision::bf16).flop() * 1e-6;
}

TEST(Floors, CountTheOperationsOfPublishedLayers) {
  EXPECT_NEAR(mflop("basset_conv1", ops::kOnehotConv1d), 27.4, 0.05);
  EXPECT_NEAR(mflop("basset_conv1", ops::kOnehotConv1dBackwardFilters), 27.4, 0.05);
  EXPECT_NEAR(mflop("basset_conv1", ops::kOnehotConv1dPool), 27.4, 0.05);
  EXPECT_NEAR(mflop("basset_conv1", ops::kOnehotConv1dPoolBackwardFilters), 27.4 / 3, 0.05);
  EXPECT_NEAR(mflop("deepsea_conv1", ops::kOnehotConv1d), 20.3, 0.05);
  EXPECT_NEAR(mflop("basset_conv2", ops::kConv1d), 264, 0.5);
  EXPECT_NEAR(mflop("basset_conv2", ops::kConv1dBackwardInput), 264, 0.5);
  EXPECT_NEAR(mflop("basset_conv2", ops::kConv1dBackwardFilters), 264, 0.5);
  EXPECT_NEAR(mflop("basset_conv3", ops::kConv1d), 28, 0.05);
  EXPECT_NEAR(mflop("deepsea_conv2", ops::kConv1d), 592, 0.5);
}

TEST(Floors, CountWhatPaddingAddsAsWork) {
  Layer conv1 = layer("bpnet_conv1"), dilated = layer("bpnet_dilated");
  conv1.padding = dilated.padding = Padding::valid;
  EXPECT_NEAR(floor(conv1, ops::kOnehotConv1d, Precision::bf16).flop() * 1e-6, 22.5, 0.05);
  double eight = 0;
  dilated.length = 2094;
  for (dilated.dilation = 2; dilated.dilation <= 256; dilated.dilation *= 2) {
    eight += floor(dilated, ops::kConv1d, Precision::bf16).flop() * 1e-6;
    dilated.length = dilated.window().output_length(dilated.length);
  }
  EXPECT_EQ(dilated.length, 1074);
  EXPECT_NEAR(eight, 362, 0.5);
}

TEST(Floors, CountEachByteOnce) {
  // A batch of 600 bp as codes and mask, the filters, the pooled output, and its argmax in a byte each.
  const Floor fused = floor(layer("basset_conv1"), ops::kOnehotConv1dPool, Precision::bf16, DType::bf16, 256);
  EXPECT_EQ(fused.bytes, 256 * (4 * (38 + 19) + 200 * 300 * (2 + 1)) + 2 * 300 * (19 * 4 + 1));
  const Floor pool = floor(layer("basset_pool1"), ops::kMaxPool1d, Precision::fp32);
  EXPECT_EQ(pool.bytes, 600 * 300 * 4 + 200 * 300 * 5);
  EXPECT_EQ(pool.flop(), 0);
  double parameters = 0;
  for (const std::int64_t size : layer("basset_adam").parameters) parameters += static_cast<double>(size);
  EXPECT_NEAR(floor(layer("basset_adam"), ops::kOptimizerStep, Precision::fp32).bytes, 28 * parameters, 16);
}

TEST(Floors, NameTheArithmetic) {
  const auto conv = [](Precision precision) { return floor(layer("basset_conv3"), ops::kConv1d, precision); };
  EXPECT_EQ(conv(Precision::fp32).fp32, 28e6);
  EXPECT_EQ(conv(Precision::tf32).tf32, 28e6);
  EXPECT_EQ(conv(Precision::bf16).bf16, 28e6);
  // One-hot DNA against filters in two parts.
  const auto first = [](Precision precision) { return floor(layer("basset_conv1"), ops::kOnehotConv1d, precision); };
  EXPECT_EQ(first(Precision::fp32).bf16, 2 * first(Precision::bf16).bf16);
  EXPECT_EQ(first(Precision::fp32).fp32, 0);
}

TEST(Floors, OfAGraphAreThoseOfItsNodes) {
  Graph graph;
  const Value x = graph.input("x", {DType::f32, {64, 50880}});
  graph.output("y", dense(x, graph.variable("w", {DType::f32, {50880, 925}})));
  const Floor sum = operations_of(graph, Precision::tf32);
  EXPECT_EQ(sum.tf32, 2.0 * 64 * 50880 * 925);
  EXPECT_EQ(sum.bytes, 0);
}

TEST(Floors, EveryLayerHasOperatorsShrunkToo) {
  for (const Layer& one : layers()) {
    EXPECT_FALSE(operators_of(one, 2, DType::f32).empty()) << one.name;
    EXPECT_FALSE(operators_of(one.shrunk(), 2, DType::f32).empty()) << one.name;
  }
}

}  // namespace
}  // namespace genocuda::bench
