// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gpu/floors.h"

#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"

namespace genocuda::bench {
namespace {

double elements(const TensorType& type) { return static_cast<double>(type.shape.elements()); }

/// Products of one-hot DNA with filters [width, 4, out], or sums into such, for each element of `positions`.
double onehot_products(const TensorType& positions, std::int64_t width) {
  return elements(positions) * static_cast<double>(width) * 4;
}

/// How many multiply-adds with one-hot DNA.
double onehot_products(const Problem& problem) {
  const Operator* op = &problem.op;
  const auto& inputs = problem.inputs;
  if (op == &ops::kOnehotConv1d) return onehot_products(problem.outputs[0], inputs[1].shape[0]);
  if (op == &ops::kOnehotConv1dBackwardFilters) return onehot_products(inputs[1], problem.outputs[0].shape[0]);
  if (op == &ops::kOnehotConv1dPool) {
    const auto& attributes = problem.attribute<ops::OnehotConv1dPoolAttributes>();
    const double positions = static_cast<double>(attributes.window.output_length(inputs[0].shape[1]));
    return positions * elements(inputs[2]) * static_cast<double>(inputs[0].shape[0] * inputs[1].shape[0]) * 4;
  }
  // The gradient flows to the winners alone.
  if (op == &ops::kOnehotConv1dPoolBackwardFilters) return onehot_products(inputs[1], problem.outputs[0].shape[0]);
  return 0;
}

/// How many other multiply-adds.
double products(const Problem& problem) {
  const Operator* op = &problem.op;
  const TensorType &left = problem.inputs[0], &y = problem.outputs[0];
  if (op == &ops::kConv1d) return elements(y) * static_cast<double>(problem.inputs[1].shape.product(0, 2));
  if (op == &ops::kConv1dBackwardInput) {
    const Shape& filters = problem.inputs[1].shape;  // [width, in, out], left is dy [batch, positions, out]
    return elements(left) * static_cast<double>(filters.product(0, 2));
  }
  if (op == &ops::kConv1dBackwardFilters)
    return elements(problem.inputs[1]) * static_cast<double>(y.shape.product(0, 2));
  if (op == &ops::kMatmul) {
    const bool transposed = problem.attribute<ops::MatmulAttributes>().transpose_a;
    return elements(y) * static_cast<double>(left.shape[transposed ? 0 : 1]);
  }
  return 0;
}

}  // namespace

Floor& Floor::operator+=(const Floor& other) {
  bytes += other.bytes;
  fp32 += other.fp32;
  tf32 += other.tf32;
  bf16 += other.bf16;
  return *this;
}

Floor floor_of(const Problem& problem) {
  Floor floor;
  for (const auto& types : {problem.inputs, problem.outputs}) {
    for (const TensorType& type : types) floor.bytes += static_cast<double>(type.bytes());
  }
  if (problem.inputs.empty()) return floor;
  const int parts = problem.precision == Precision::bf16 ? 1 : 2;
  floor.bf16 = 2 * onehot_products(problem) * parts;
  double& unit = problem.precision == Precision::fp32   ? floor.fp32
                 : problem.precision == Precision::tf32 ? floor.tf32
                                                        : floor.bf16;
  unit += 2 * products(problem);
  return floor;
}

Floor operations_of(const Graph& graph, Precision precision) {
  Floor sum;
  for (int id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (is_leaf(node)) continue;
    std::vector<TensorType> inputs;
    for (const ValueId& input : node.inputs) inputs.push_back(graph.type(input));
    sum += floor_of({*node.op, node.attributes, inputs, node.outputs, precision});
  }
  sum.bytes = 0;
  return sum;
}

}  // namespace genocuda::bench
