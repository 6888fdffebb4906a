// SPDX-License-Identifier: Apache-2.0
#include "core/ops/softmax.h"

#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer_rows(const std::any&, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "the operand");
  require(inputs[0].shape.rank() >= 1, "a scalar has no axis to normalise over");
  for (const TensorType& other : inputs.subspan(1)) require_same(inputs[0], other);
  return {inputs[0]};
}

/// A derivative that is `op` of what comes in and of the node's own output.
template <const Operator& op>
std::vector<Value> derivative(const NodeHandle& node, std::span<const Value> d) {
  return {node.graph().apply_one(op, {}, {d[0], node.output()})};
}

}  // namespace

constinit const Operator kSoftmax{"softmax", infer_rows, derivative<kSoftmaxGradient>, derivative<kSoftmaxGradient>,
                                  first_input_in_place};
constinit const Operator kSoftmaxGradient{
    .name = "softmax_gradient", .infer = infer_rows, .in_place = first_input_in_place};
constinit const Operator kLogSoftmax{"log_softmax", infer_rows, derivative<kLogSoftmaxBackward>,
                                     derivative<kLogSoftmaxTangent>, first_input_in_place};
constinit const Operator kLogSoftmaxBackward{
    .name = "log_softmax_backward", .infer = infer_rows, .in_place = first_input_in_place};
constinit const Operator kLogSoftmaxTangent{
    .name = "log_softmax_tangent", .infer = infer_rows, .in_place = first_input_in_place};

}  // namespace ops

Value softmax(Value x) { return x.graph().apply_one(ops::kSoftmax, {}, {x}); }
Value log_softmax(Value x) { return x.graph().apply_one(ops::kLogSoftmax, {}, {x}); }

}  // namespace genocuda
