// SPDX-License-Identifier: Apache-2.0
#include "core/ops/affine.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace ops {
namespace {

using Activation = std::optional<ActivationAttributes>;

/// The product's type, where bias and activation fit it.
std::vector<TensorType> with_epilogue(TensorType product, const TensorType& bias, const Activation& activation) {
  require_rank(bias, 1, "the bias");
  require(product.dtype == bias.dtype, "{} and {} differ in type", product.to_string(), bias.to_string());
  require(product.shape[-1] == bias.shape[0], "a bias of {} channels does not fit {}", bias.shape[0],
          product.to_string());
  require(!activation || derivative_from_output(*activation), "the derivative of {} does not follow from its value",
          name_of(activation.value_or(ActivationAttributes{}).kind));
  return {std::move(product)};
}

std::vector<TensorType> infer_dense(const std::any& any, std::span<const TensorType> inputs) {
  const auto& attributes = std::any_cast<const DenseActivationAttributes&>(any);
  return with_epilogue(kMatmul.infer(MatmulAttributes{}, inputs.first(2)).front(), inputs[2], attributes.activation);
}

std::vector<TensorType> infer_conv1d(const std::any& any, std::span<const TensorType> inputs) {
  const auto& attributes = std::any_cast<const Conv1dActivationAttributes&>(any);
  return with_epilogue(kConv1d.infer(Conv1dAttributes{attributes.window}, inputs.first(2)).front(), inputs[2],
                       attributes.activation);
}

/// d · f′, from y.
Value through_activation(const NodeHandle& node, Value d, const Activation& activation) {
  return activation ? node.graph().apply_one(kActivationGradient, *activation, {d, node.output()}) : d;
}

/// The tangent of y from that of the product, whose terms may be missing, and that of the bias, which may be missing.
std::vector<Value> tangent(const NodeHandle& node, Value left, Value right, Value bias, const Activation& activation) {
  Value product = left && right ? left + right : left ? left : right;
  if (bias && product) product = add_bias(product, bias);
  if (bias && !product) {
    const Shape y = node.output().shape();
    product = broadcast(bias, 0, Shape(y.extents().first(y.rank() - 1)));
  }
  return {through_activation(node, product, activation)};
}

std::vector<Value> dense_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const Value d = through_activation(node, dy[0], node.attribute<DenseActivationAttributes>().activation);
  return {matmul(d, node.input(1), false, true), matmul(node.input(0), d, true, false), sum(d, 0, 1)};
}

std::vector<Value> dense_jvp(const NodeHandle& node, std::span<const Value> t) {
  return tangent(node, t[0] ? matmul(t[0], node.input(1)) : Value(), t[1] ? matmul(node.input(0), t[1]) : Value(), t[2],
                 node.attribute<DenseActivationAttributes>().activation);
}

std::vector<Value> conv1d_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const auto attributes = node.attribute<Conv1dActivationAttributes>();
  const Value x = node.input(0), d = through_activation(node, dy[0], attributes.activation);
  return {node.graph().apply_one(kConv1dBackwardInput, Conv1dAttributes{attributes.window, x.shape()[1]},
                                 {d, node.input(1)}),
          node.graph().apply_one(kConv1dBackwardFilters, Conv1dAttributes{attributes.window}, {x, d}), sum(d, 0, 2)};
}

std::vector<Value> conv1d_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto attributes = node.attribute<Conv1dActivationAttributes>();
  return tangent(node, t[0] ? conv1d(t[0], node.input(1), attributes.window) : Value(),
                 t[1] ? conv1d(node.input(0), t[1], attributes.window) : Value(), t[2], attributes.activation);
}

std::string describe_dense(const std::any& any) {
  return to_string(std::any_cast<const DenseActivationAttributes&>(any).activation);
}

std::string describe_conv1d(const std::any& any) {
  const auto& attributes = std::any_cast<const Conv1dActivationAttributes&>(any);
  return fmt::format("{}, {}", to_string(attributes.window), to_string(attributes.activation));
}

}  // namespace

constinit const Operator kDenseActivation{"dense_activation", infer_dense, dense_vjp, dense_jvp, nullptr, false,
                                          describe_dense};
constinit const Operator kConv1dActivation{"conv1d_activation", infer_conv1d, conv1d_vjp, conv1d_jvp, nullptr, false,
                                           describe_conv1d};

}  // namespace ops

Value dense_activation(Value a, Value b, Value bias, const std::optional<ops::ActivationAttributes>& activation) {
  return a.graph().apply_one(ops::kDenseActivation, ops::DenseActivationAttributes{activation}, {a, b, bias});
}

Value conv1d_activation(Value x, Value filters, Value bias, const SlidingWindow& window,
                        const std::optional<ops::ActivationAttributes>& activation) {
  return x.graph().apply_one(ops::kConv1dActivation, ops::Conv1dActivationAttributes{window, activation},
                             {x, filters, bias});
}

}  // namespace genocuda
