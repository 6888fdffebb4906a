// SPDX-License-Identifier: Apache-2.0
#include "core/ops/reduction.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

/// The extents of `shape` without the axes [first, last), with `inserted` in their place.
Shape replace_axes(const Shape& shape, int first, int last, std::span<const std::int64_t> inserted) {
  const auto extents = shape.extents();
  std::vector<std::int64_t> result(extents.begin(), extents.begin() + first);
  result.insert(result.end(), inserted.begin(), inserted.end());
  result.insert(result.end(), extents.begin() + last, extents.end());
  return Shape(result);
}

std::vector<TensorType> infer_sum(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [first, last] = std::any_cast<const SumAttributes&>(attributes);
  require_floating(inputs[0], "the operand");
  require(first >= 0 && first <= last && last <= inputs[0].shape.rank(), "{} has no axes {} up to, not with, {}",
          inputs[0].to_string(), first, last);
  return {{inputs[0].dtype, replace_axes(inputs[0].shape, first, last, {})}};
}

std::vector<Value> sum_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const auto [first, last] = node.attribute<SumAttributes>();
  const Shape shape = node.input(0).shape();
  return {broadcast(dy[0], first, Shape(shape.extents().subspan(first, last - first)))};
}

std::vector<Value> sum_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [first, last] = node.attribute<SumAttributes>();
  return {sum(t[0], first, last)};
}

std::vector<TensorType> infer_broadcast(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [first, extents] = std::any_cast<const BroadcastAttributes&>(attributes);
  require_floating(inputs[0], "the operand");
  require(first >= 0 && first <= inputs[0].shape.rank(), "{} has no place {} for new axes", inputs[0].to_string(),
          first);
  return {{inputs[0].dtype, replace_axes(inputs[0].shape, first, first, extents.extents())}};
}

std::vector<Value> broadcast_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const BroadcastAttributes attributes = node.attribute<BroadcastAttributes>();
  return {sum(dy[0], attributes.first, attributes.first + attributes.extents.rank())};
}

std::vector<Value> broadcast_jvp(const NodeHandle& node, std::span<const Value> t) {
  const BroadcastAttributes attributes = node.attribute<BroadcastAttributes>();
  return {broadcast(t[0], attributes.first, attributes.extents)};
}

}  // namespace

constinit const Operator kSum{"sum", infer_sum, sum_vjp, sum_jvp};
constinit const Operator kBroadcast{"broadcast", infer_broadcast, broadcast_vjp, broadcast_jvp};

}  // namespace ops

Value sum(Value x, int first, int last) {
  return first == last ? x : x.graph().apply_one(ops::kSum, ops::SumAttributes{first, last}, {x});
}

Value mean(Value x, int first, int last) {
  const Value total = sum(x, first, last);
  const std::int64_t count = x.shape().product(first, last);
  ops::require(count > 0, "{} has no elements along axes {} up to, not with, {} to take the mean of",
               x.type().to_string(), first, last);
  return total * (1.0 / static_cast<double>(count));
}

Value sum(Value x) { return sum(x, 0, x.shape().rank()); }
Value mean(Value x) { return mean(x, 0, x.shape().rank()); }

Value broadcast(Value x, int first, const Shape& extents) {
  return extents.rank() == 0 ? x : x.graph().apply_one(ops::kBroadcast, ops::BroadcastAttributes{first, extents}, {x});
}

}  // namespace genocuda
