// SPDX-License-Identifier: Apache-2.0
#include "core/ops/activation.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer_activation(const std::any&, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "the input");
  return {inputs[0]};
}

std::vector<TensorType> infer_activation_gradient(const std::any&, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "the derivative");
  require_same(inputs[0], inputs[1]);
  return {inputs[0]};
}

std::vector<Value> activation_derivative(const NodeHandle& node, std::span<const Value> d) {
  const ActivationAttributes attributes = node.attribute<ActivationAttributes>();
  const Value saved = derivative_from_output(attributes) ? node.output() : node.input(0);
  return {node.graph().apply_one(kActivationGradient, attributes, {d[0], saved})};
}

std::vector<TensorType> infer_prelu(const std::any&, std::span<const TensorType> inputs) {
  const TensorType &x = inputs[0], &slope = inputs[1];
  require_floating(x, "the input");
  require_rank(slope, 1, "the slope");
  require(x.dtype == slope.dtype, "{} and {} differ in type", x.to_string(), slope.to_string());
  require(x.shape.rank() >= 1 && x.shape[-1] == slope.shape[0], "slopes of {} channels do not fit {}", slope.shape[0],
          x.to_string());
  return {x};
}

std::vector<TensorType> infer_prelu_backward(const std::any& attributes, std::span<const TensorType> inputs) {
  infer_prelu(attributes, inputs.subspan(1));
  require_same(inputs[0], inputs[1]);
  return {inputs[1], inputs[2]};
}

std::vector<Value> prelu_vjp(const NodeHandle& node, std::span<const Value> dy) {
  return node.graph().apply(kPreluBackward, {}, {dy[0], node.input(0), node.input(1)});
}

std::vector<Value> prelu_jvp(const NodeHandle& node, std::span<const Value> t) {
  const Value x = node.input(0), slope = node.input(1);
  // In x the Jacobian is diagonal, so the backward operator serves the forward mode.
  const Value along_x = t[0] ? node.graph().apply_one(kPreluBackward, {}, {t[0], x, slope}) : Value();
  if (!t[1]) return {along_x};
  const Value negative_part = relu(x * -1) * -1;
  const Shape shape = x.shape();
  const int channels = shape.rank() - 1;
  const Value slopes = channels == 0 ? t[1] : broadcast(t[1], 0, Shape(shape.extents().first(channels)));
  const Value along_slope = negative_part * slopes;
  return {along_x ? along_x + along_slope : along_slope};
}

}  // namespace

bool derivative_from_output(const ActivationAttributes& attributes) {
  switch (attributes.kind) {
    case ActivationKind::sigmoid:
    case ActivationKind::tanh:
    case ActivationKind::relu:
    case ActivationKind::softplus:
    case ActivationKind::exp:
    case ActivationKind::log1p:
      return true;
    case ActivationKind::thresholded_relu:
    case ActivationKind::leaky_relu:
    case ActivationKind::elu:
      return attributes.alpha >= 0;  // else the sign of y does not tell the branch
    case ActivationKind::gelu:
      return false;
  }
  return false;
}

constinit const Operator kActivation{"activation", infer_activation, activation_derivative, activation_derivative,
                                     first_input_in_place};
constinit const Operator kActivationGradient{
    .name = "activation_gradient", .infer = infer_activation_gradient, .in_place = first_input_in_place};
constinit const Operator kPrelu{"prelu", infer_prelu, prelu_vjp, prelu_jvp, first_input_in_place};
constinit const Operator kPreluBackward{
    .name = "prelu_backward", .infer = infer_prelu_backward, .in_place = first_input_in_place};

std::string to_string(const std::optional<ActivationAttributes>& activation) {
  return activation ? fmt::format("{}({})", name_of(activation->kind), activation->alpha) : "identity";
}

}  // namespace ops

std::string_view name_of(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::sigmoid:
      return "sigmoid";
    case ActivationKind::tanh:
      return "tanh";
    case ActivationKind::relu:
      return "relu";
    case ActivationKind::thresholded_relu:
      return "thresholded_relu";
    case ActivationKind::leaky_relu:
      return "leaky_relu";
    case ActivationKind::softplus:
      return "softplus";
    case ActivationKind::elu:
      return "elu";
    case ActivationKind::gelu:
      return "gelu";
    case ActivationKind::exp:
      return "exp";
    case ActivationKind::log1p:
      return "log1p";
  }
  return "unknown";
}

Value activation(Value x, ActivationKind kind, double alpha) {
  return x.graph().apply_one(ops::kActivation, ops::ActivationAttributes{kind, alpha}, {x});
}

Value prelu(Value x, Value slope) { return x.graph().apply_one(ops::kPrelu, {}, {x, slope}); }

Value maxout(Value x, int pieces) {
  const Shape shape = x.shape();
  ops::require(pieces >= 1, "maxout: the number of pieces must be at least 1, not {}", pieces);
  ops::require(shape.rank() >= 1 && shape[-1] % pieces == 0, "maxout: the last axis of {} is no multiple of {} pieces",
               x.type().to_string(), pieces);
  const std::int64_t channels = shape[-1] / pieces;
  const Value stacked = reshape(x, {shape.product(0, shape.rank() - 1), pieces, channels});
  Shape result = shape;
  result.set(-1, channels);
  return reshape(max_pool1d(stacked, {.width = pieces}), result);
}

}  // namespace genocuda
