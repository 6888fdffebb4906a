// SPDX-License-Identifier: Apache-2.0
#include "core/ops/arithmetic.h"

#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer_same(const std::any&, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "the operands");
  require_same(inputs[0], inputs[1]);
  return {inputs[0]};
}

std::vector<Value> add_vjp(const NodeHandle&, std::span<const Value> dy) { return {dy[0], dy[0]}; }

std::vector<Value> add_jvp(const NodeHandle&, std::span<const Value> t) {
  return {t[0] && t[1] ? t[0] + t[1] : t[0] ? t[0] : t[1]};
}

std::vector<Value> subtract_vjp(const NodeHandle&, std::span<const Value> dy) { return {dy[0], dy[0] * -1}; }

std::vector<Value> subtract_jvp(const NodeHandle&, std::span<const Value> t) {
  return {t[0] && t[1] ? t[0] - t[1] : t[0] ? t[0] : t[1] * -1};
}

std::vector<Value> multiply_vjp(const NodeHandle& node, std::span<const Value> dy) {
  return {dy[0] * node.input(1), dy[0] * node.input(0)};
}

std::vector<Value> multiply_jvp(const NodeHandle& node, std::span<const Value> t) {
  const Value left = t[0] ? t[0] * node.input(1) : Value();
  const Value right = t[1] ? node.input(0) * t[1] : Value();
  return {left && right ? left + right : left ? left : right};
}

std::vector<TensorType> infer_scale(const std::any&, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "the operand");
  return {inputs[0]};
}

std::vector<Value> scale_derivative(const NodeHandle& node, std::span<const Value> d) {
  return {scale(d[0], node.attribute<ScaleAttributes>().factor)};
}

std::vector<TensorType> infer_cast(const std::any& attributes, std::span<const TensorType> inputs) {
  const DType dtype = std::any_cast<const CastAttributes&>(attributes).dtype;
  require_floating(inputs[0], "the operand");
  require(is_floating(dtype), "cannot cast to {}", name_of(dtype));
  return {{dtype, inputs[0].shape}};
}

std::vector<Value> cast_vjp(const NodeHandle& node, std::span<const Value> dy) {
  return {cast(dy[0], node.input(0).dtype())};
}

std::vector<Value> cast_jvp(const NodeHandle& node, std::span<const Value> t) {
  return {cast(t[0], node.output().dtype())};
}

}  // namespace

constinit const Operator kAdd{"add", infer_same, add_vjp, add_jvp, first_input_in_place};
constinit const Operator kSubtract{"subtract", infer_same, subtract_vjp, subtract_jvp, first_input_in_place};
constinit const Operator kMultiply{"multiply", infer_same, multiply_vjp, multiply_jvp, first_input_in_place};
constinit const Operator kScale{"scale", infer_scale, scale_derivative, scale_derivative, first_input_in_place};
constinit const Operator kCast{"cast", infer_cast, cast_vjp, cast_jvp};

}  // namespace ops

Value add(Value a, Value b) { return a.graph().apply_one(ops::kAdd, {}, {a, b}); }
Value subtract(Value a, Value b) { return a.graph().apply_one(ops::kSubtract, {}, {a, b}); }
Value multiply(Value a, Value b) { return a.graph().apply_one(ops::kMultiply, {}, {a, b}); }
Value scale(Value x, double factor, double offset) {
  return x.graph().apply_one(ops::kScale, ops::ScaleAttributes{factor, offset}, {x});
}
Value cast(Value x, DType dtype) {
  return x.dtype() == dtype ? x : x.graph().apply_one(ops::kCast, ops::CastAttributes{dtype}, {x});
}

}  // namespace genocuda
