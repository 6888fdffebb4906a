// SPDX-License-Identifier: Apache-2.0
#include "core/ops/matmul.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer_matmul(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [transpose_a, transpose_b] = std::any_cast<const MatmulAttributes&>(attributes);
  const TensorType &a = inputs[0], &b = inputs[1];
  require_floating(a, "the left matrix");
  require_rank(a, 2, "the left matrix");
  require_rank(b, 2, "the right matrix");
  require(a.dtype == b.dtype, "{} and {} differ in type", a.to_string(), b.to_string());
  const std::int64_t left = a.shape[transpose_a ? 0 : 1], right = b.shape[transpose_b ? 1 : 0];
  require(left == right, "{}{} has {} columns, but {}{} has {} rows", a.to_string(), transpose_a ? " transposed" : "",
          left, b.to_string(), transpose_b ? " transposed" : "", right);
  return {{a.dtype, {a.shape[transpose_a ? 1 : 0], b.shape[transpose_b ? 0 : 1]}}};
}

std::vector<Value> matmul_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const auto [transpose_a, transpose_b] = node.attribute<MatmulAttributes>();
  const Value a = node.input(0), b = node.input(1);
  return {transpose_a ? matmul(b, dy[0], transpose_b, true) : matmul(dy[0], b, false, !transpose_b),
          transpose_b ? matmul(dy[0], a, true, transpose_a) : matmul(a, dy[0], !transpose_a, false)};
}

std::vector<Value> matmul_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [transpose_a, transpose_b] = node.attribute<MatmulAttributes>();
  const Value left = t[0] ? matmul(t[0], node.input(1), transpose_a, transpose_b) : Value();
  const Value right = t[1] ? matmul(node.input(0), t[1], transpose_a, transpose_b) : Value();
  return {left && right ? left + right : left ? left : right};
}

std::string describe_matmul(const std::any& attributes) {
  const auto& [transpose_a, transpose_b] = std::any_cast<const MatmulAttributes&>(attributes);
  return fmt::format("{} · {}", transpose_a ? "aᵀ" : "a", transpose_b ? "bᵀ" : "b");
}

std::vector<TensorType> infer_add_bias(const std::any&, std::span<const TensorType> inputs) {
  const TensorType &x = inputs[0], &bias = inputs[1];
  require_floating(x, "the input");
  require_rank(bias, 1, "the bias");
  require(x.dtype == bias.dtype, "{} and {} differ in type", x.to_string(), bias.to_string());
  require(x.shape.rank() >= 1 && x.shape[-1] == bias.shape[0], "a bias of {} channels does not fit {}", bias.shape[0],
          x.to_string());
  return {x};
}

std::vector<Value> add_bias_vjp(const NodeHandle&, std::span<const Value> dy) {
  const int channels = dy[0].shape().rank() - 1;
  return {dy[0], channels == 0 ? dy[0] : sum(dy[0], 0, channels)};
}

std::vector<Value> add_bias_jvp(const NodeHandle& node, std::span<const Value> t) {
  if (!t[1]) return {t[0]};
  if (t[0]) return {add_bias(t[0], t[1])};
  const Shape shape = node.output().shape();
  return {shape.rank() == 1 ? t[1] : broadcast(t[1], 0, Shape(shape.extents().first(shape.rank() - 1)))};
}

}  // namespace

constinit const Operator kMatmul{"matmul", infer_matmul, matmul_vjp, matmul_jvp, nullptr, false, describe_matmul};
constinit const Operator kAddBias{"add_bias", infer_add_bias, add_bias_vjp, add_bias_jvp, first_input_in_place};

}  // namespace ops

Value matmul(Value a, Value b, bool transpose_a, bool transpose_b) {
  return a.graph().apply_one(ops::kMatmul, ops::MatmulAttributes{transpose_a, transpose_b}, {a, b});
}

Value dense(Value x, Value weights) {
  const Shape shape = x.shape();
  if (shape.rank() == 2) return matmul(x, weights);
  ops::require(shape.rank() >= 1, "dense: the input needs at least one dimension, it is {}", x.type().to_string());
  const Value rows = reshape(x, {shape.product(0, shape.rank() - 1), shape[-1]});
  const Value product = matmul(rows, weights);
  Shape result = shape;
  result.set(-1, product.shape()[1]);
  return reshape(product, result);
}

Value add_bias(Value x, Value bias) { return x.graph().apply_one(ops::kAddBias, {}, {x, bias}); }

}  // namespace genocuda
