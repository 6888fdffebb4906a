// SPDX-License-Identifier: Apache-2.0
#include "core/ops/batch_norm.h"

#include <algorithm>

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

/// What holds for all three: x [..., C], everything else from `first` on [C] of one dtype, which is x's or, beside x in
/// bf16, f32; a usable epsilon.
void check_operands(const std::any& attributes, std::span<const TensorType> inputs, const TensorType& x, int first) {
  require_floating(x, "x");
  require(x.shape.rank() >= 1, "x must have a channel axis, not {}", x.to_string());
  const bool wider = x.dtype == DType::bf16 && inputs[first].dtype == DType::f32;
  const TensorType per_channel{wider ? DType::f32 : x.dtype, Shape{x.shape[-1]}};
  for (const TensorType& type : inputs.subspan(first)) {
    require(type == per_channel, "scale, shift and statistics of {} must be {}, not {}", x.to_string(),
            per_channel.to_string(), type.to_string());
  }
  const double epsilon = std::any_cast<const BatchNormAttributes&>(attributes).epsilon;
  require(epsilon >= 0, "epsilon must not be negative, but is {}", epsilon);
}

std::vector<TensorType> infer_batch_norm(const std::any& attributes, std::span<const TensorType> inputs) {
  check_operands(attributes, inputs, inputs[0], 1);
  require(inputs[0].shape.product(0, inputs[0].shape.rank() - 1) > 0,
          "{} has no rows to take statistics of; train on at least one example", inputs[0].to_string());
  return {inputs[0], inputs[1], inputs[1]};
}

std::vector<TensorType> infer_batch_norm_inference(const std::any& attributes, std::span<const TensorType> inputs) {
  check_operands(attributes, inputs, inputs[0], 1);
  return {inputs[0]};
}

std::vector<TensorType> infer_batch_norm_backward(const std::any& attributes, std::span<const TensorType> inputs) {
  require_same(inputs[0], inputs[1]);
  check_operands(attributes, inputs, inputs[1], 2);
  return {inputs[1], inputs[2], inputs[2]};
}

/// The statistics that a node normalised with: its own outputs in training, its inputs in inference.
struct Statistics {
  Value mean, variance;
};

Statistics statistics(const NodeHandle& node) {
  if (node.node().op == &kBatchNorm) return {node.output(1), node.output(2)};
  return {node.input(3), node.input(4)};
}

std::vector<Value> backward(const NodeHandle& node, Value dy) {
  const Statistics batch = statistics(node);
  BatchNormAttributes attributes = node.attribute<BatchNormAttributes>();
  attributes.training = node.node().op == &kBatchNorm;
  return node.graph().apply(kBatchNormBackward, attributes,
                            {dy, node.input(0), node.input(1), batch.mean, batch.variance});
}

std::vector<Value> batch_norm_vjp(const NodeHandle& node, std::span<const Value> dy) {
  std::vector<Value> result(node.input_count());
  if (dy[0]) std::ranges::copy(backward(node, dy[0]), result.begin());
  return result;
}

/// The Jacobian in x is symmetric, so the backward operator carries tangents too; in gamma and beta y is linear, so
/// their tangents go through the formula of y itself.
std::vector<Value> batch_norm_jvp(const NodeHandle& node, std::span<const Value> t) {
  std::vector<Value> result(node.node().outputs.size());
  Value& ty = result[0];
  if (t[0]) ty = backward(node, t[0])[0];
  if (t[1] || t[2]) {
    Graph& graph = node.graph();
    const auto or_zero = [&](Value tangent) { return tangent ? tangent : graph.constant(0, node.input(1).type()); };
    const Statistics batch = statistics(node);
    const Value linear = graph.apply_one(kBatchNormInference, node.attribute<BatchNormAttributes>(),
                                         {node.input(0), or_zero(t[1]), or_zero(t[2]), batch.mean, batch.variance});
    ty = ty ? ty + linear : linear;
  }
  return result;
}

}  // namespace

constinit const Operator kBatchNorm{"batch_norm", infer_batch_norm, batch_norm_vjp, batch_norm_jvp,
                                    first_input_in_place};
constinit const Operator kBatchNormInference{"batch_norm_inference", infer_batch_norm_inference, batch_norm_vjp,
                                             batch_norm_jvp, first_input_in_place};
constinit const Operator kBatchNormBackward{
    .name = "batch_norm_backward", .infer = infer_batch_norm_backward, .in_place = first_input_in_place};

}  // namespace ops

BatchNormResult batch_norm(Value x, Value gamma, Value beta, double epsilon) {
  const auto outputs = x.graph().apply(ops::kBatchNorm, ops::BatchNormAttributes{epsilon, true}, {x, gamma, beta});
  return {outputs[0], outputs[1], outputs[2]};
}

Value batch_norm_inference(Value x, Value gamma, Value beta, Value mean, Value variance, double epsilon) {
  return x.graph().apply_one(ops::kBatchNormInference, ops::BatchNormAttributes{epsilon, false},
                             {x, gamma, beta, mean, variance});
}

}  // namespace genocuda
