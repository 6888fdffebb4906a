// SPDX-License-Identifier: Apache-2.0
// The first layer of a network over DNA is one operator on a device that has kernels for it, and computes what its
// parts compute, forward and backward.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "core/differentiate.h"
#include "core/executable.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "core/ops/reduction.h"
#include "core/passes.h"
#include "tests/kernels/dna_examples.h"

namespace genocuda::kernel_test {
namespace {

constexpr std::int64_t kBatch = 3, kLength = 100, kFilters = 37, kWidth = 11;

Graph first_layer() {
  Graph graph;
  const Value filters = graph.variable("filters", {DType::f32, {kWidth, 4, kFilters}});
  const Value bias = graph.variable("bias", {DType::f32, {kFilters}});
  const Value dna = graph.input("dna", {DType::dna, {kBatch, kLength}});
  const Value x = relu(add_bias(conv1d(one_hot(dna), filters, sliding_window(Padding::same, kLength, kWidth)), bias));
  graph.output("y", max_pool1d(x, sliding_window(Padding::ceil, kLength, 3, 3)));
  return graph;
}

struct Outcome {
  std::vector<std::string> schedule;
  std::vector<std::vector<float>> results;  ///< y, and the gradients of Σ y² in all variables
};

Outcome outcome_of(Graph graph, Precision precision) {
  const Value y = graph.find_output("y");
  const std::vector<Value> wrt = graph.variables();
  const std::vector<Value> gradients = gradient(sum(y * y), wrt).values;
  VariableStore variables(device());
  std::vector<std::string> outputs{"y"};
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    const std::string name = name_of(graph.node(wrt[i].id().node));
    graph.output(outputs.emplace_back("gradient/" + name), gradients[i]);
    // Multiples of 1/8 below 2 are exact in every precision, so that the same positions win.
    std::mt19937 random(static_cast<unsigned>(name.size()));
    std::vector<float> values(static_cast<std::size_t>(wrt[i].shape().elements()));
    for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 33) - 16) / 8;
    variables.ensure(name, wrt[i].type());
    variables.write(name, std::as_bytes(std::span(values)));
  }
  Executable executable(remove_dead_nodes(graph), variables,
                        {.precision = precision, .check_memory = device().memory_is_host()});
  std::mt19937 random(3);
  std::vector<std::uint32_t> words;
  for (std::int64_t b = 0; b < kBatch; ++b) {
    const std::vector<std::uint32_t> row = packed(random_codes(kLength, 0.05, random));
    words.insert(words.end(), row.begin(), row.end());
  }
  executable.write("dna", std::as_bytes(std::span(words)));
  executable.run();
  Outcome result{executable.schedule(), {}};
  for (const std::string& output : outputs) result.results.push_back(executable.read<float>(output));
  return result;
}

int nodes_named(const Outcome& outcome, std::string_view name) {
  int nodes = 0;
  for (const std::string& line : outcome.schedule) nodes += line.find(name) != std::string::npos;
  return nodes;
}

TEST(FirstLayer, IsOneOperatorThatComputesWhatItsPartsDo) {
  for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16}) {
    const Outcome parts = outcome_of(first_layer(), precision),
                  fused = outcome_of(fuse(first_layer(), fusion_rules(device())), precision);
    EXPECT_EQ(nodes_named(fused, "onehot_conv1d_pool: "), 1);
    EXPECT_EQ(nodes_named(fused, "(onehot_conv1d_pool_backward_filters): "), 1);
    EXPECT_EQ(nodes_named(fused, "max_pool1d"), 0);
    EXPECT_EQ(nodes_named(parts, "onehot_conv1d_pool"), 0);
    ASSERT_EQ(fused.results.size(), parts.results.size());
    for (std::size_t i = 0; i < parts.results.size(); ++i) {
      double largest = 0, worst = 0;
      ASSERT_EQ(fused.results[i].size(), parts.results[i].size());
      for (std::size_t k = 0; k < parts.results[i].size(); ++k) {
        const double error = std::abs(fused.results[i][k] - parts.results[i][k]);
        largest = std::max(largest, std::abs(static_cast<double>(parts.results[i][k])));
        worst = std::max(worst, std::isnan(error) ? HUGE_VAL : error);
      }
      EXPECT_LE(worst, (precision == Precision::bf16 ? 1e-2 : 1e-5) * largest) << "result " << i;
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
