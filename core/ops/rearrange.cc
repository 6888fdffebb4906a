// SPDX-License-Identifier: Apache-2.0
#include "core/ops/rearrange.h"

#include <algorithm>

#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

const AxisAttributes& checked_axis(const std::any& attributes, const TensorType& x) {
  const auto& axis = std::any_cast<const AxisAttributes&>(attributes);
  require_floating(x, "the operand");
  require(axis.axis >= 0 && axis.axis < x.shape.rank(), "{} has no axis {}", x.to_string(), axis.axis);
  return axis;
}

TensorType with_extent(TensorType type, int axis, std::int64_t extent) {
  type.shape.set(axis, extent);
  return type;
}

std::vector<TensorType> infer_reshape(const std::any& attributes, std::span<const TensorType> inputs) {
  const Shape& shape = std::any_cast<const ReshapeAttributes&>(attributes).shape;
  require(inputs[0].dtype != DType::dna, "packed DNA {} cannot be reshaped", inputs[0].to_string());
  require(shape.elements() == inputs[0].shape.elements(), "{} does not have the {} elements of {}",
          inputs[0].to_string(), shape.elements(), shape.to_string());
  return {{inputs[0].dtype, shape}};
}

std::vector<Value> reshape_vjp(const NodeHandle& node, std::span<const Value> dy) {
  return {reshape(dy[0], node.input(0).shape())};
}

std::vector<Value> reshape_jvp(const NodeHandle& node, std::span<const Value> t) {
  return {reshape(t[0], node.attribute<ReshapeAttributes>().shape)};
}

std::vector<TensorType> infer_concat(const std::any& attributes, std::span<const TensorType> inputs) {
  require(!inputs.empty(), "there is nothing to join");
  const int axis = checked_axis(attributes, inputs[0]).axis;
  std::int64_t extent = 0;
  for (const TensorType& part : inputs) {
    require(
        part.shape.rank() == inputs[0].shape.rank() && with_extent(part, axis, 0) == with_extent(inputs[0], axis, 0),
        "{} and {} cannot be joined along axis {}: all else must agree", inputs[0].to_string(), part.to_string(), axis);
    extent += part.shape[axis];
  }
  return {with_extent(inputs[0], axis, extent)};
}

std::vector<Value> concat_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const int axis = node.attribute<AxisAttributes>().axis;
  std::vector<Value> parts;
  std::int64_t start = 0;
  for (int i = 0; i < node.input_count(); ++i) {
    const std::int64_t length = node.input(i).shape()[axis];
    parts.push_back(slice(dy[0], axis, start, length));
    start += length;
  }
  return parts;
}

std::vector<Value> concat_jvp(const NodeHandle& node, std::span<const Value> t) {
  std::vector<Value> parts(t.begin(), t.end());
  for (int i = 0; i < node.input_count(); ++i) {
    if (!parts[i]) parts[i] = node.graph().constant(0, node.input(i).type());
  }
  return {concat(parts, node.attribute<AxisAttributes>().axis)};
}

std::vector<TensorType> infer_slice(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [axis, start, length] = checked_axis(attributes, inputs[0]);
  const std::int64_t extent = inputs[0].shape[axis];
  require(start >= 0 && length >= 0 && start <= extent - length,
          "{} elements from {} on do not lie in the {} of axis {} of {}", length, start, extent, axis,
          inputs[0].to_string());
  return {with_extent(inputs[0], axis, length)};
}

std::vector<Value> slice_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const auto [axis, start, length] = node.attribute<AxisAttributes>();
  return {pad(dy[0], axis, start, node.input(0).shape()[axis] - start - length)};
}

std::vector<Value> slice_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [axis, start, length] = node.attribute<AxisAttributes>();
  return {slice(t[0], axis, start, length)};
}

std::vector<TensorType> infer_pad(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [axis, before, after] = checked_axis(attributes, inputs[0]);
  require(before >= 0 && after >= 0, "cannot pad with {} zeros before and {} after: use slice to shorten", before,
          after);
  return {with_extent(inputs[0], axis, inputs[0].shape[axis] + before + after)};
}

std::vector<Value> pad_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const AxisAttributes attributes = node.attribute<AxisAttributes>();
  return {slice(dy[0], attributes.axis, attributes.start, node.input(0).shape()[attributes.axis])};
}

std::vector<Value> pad_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [axis, before, after] = node.attribute<AxisAttributes>();
  return {pad(t[0], axis, before, after)};
}

}  // namespace

constinit const Operator kReshape{
    .name = "reshape", .infer = infer_reshape, .vjp = reshape_vjp, .jvp = reshape_jvp, .view = true};
constinit const Operator kConcat{"concat", infer_concat, concat_vjp, concat_jvp};
constinit const Operator kSlice{"slice", infer_slice, slice_vjp, slice_jvp};
constinit const Operator kPad{"pad", infer_pad, pad_vjp, pad_jvp};

}  // namespace ops

namespace {

/// Negative axes count from the end; what is out of range stays so for shape inference to refuse.
int from_start(const Value& x, int axis) { return axis < 0 ? axis + x.shape().rank() : axis; }

}  // namespace

Value reshape(Value x, const Shape& shape) {
  return x.shape() == shape ? x : x.graph().apply_one(ops::kReshape, ops::ReshapeAttributes{shape}, {x});
}

Value flatten(Value x) {
  const Shape& shape = x.shape();
  ops::require(shape.rank() >= 1, "a scalar has no batch axis to keep while flattening");
  return reshape(x, Shape{shape[0], shape.product(1, shape.rank())});
}

Value concat(const std::vector<Value>& parts, int axis) {
  ops::require(!parts.empty(), "there is nothing to join");
  const Value& first = parts.front();
  return first.graph().apply_one(ops::kConcat, ops::AxisAttributes{from_start(first, axis)}, parts);
}

Value slice(Value x, int axis, std::int64_t start, std::int64_t length) {
  return x.graph().apply_one(ops::kSlice, ops::AxisAttributes{from_start(x, axis), start, length}, {x});
}

Value crop(Value x, std::int64_t left, std::int64_t right) {
  ops::require_rank(x.type(), 3, "what is cropped along its length");
  ops::require(left >= 0 && right >= 0, "cannot crop {} positions on the left and {} on the right", left, right);
  return left == 0 && right == 0 ? x : slice(x, 1, left, x.shape()[1] - left - right);
}

Value pad(Value x, int axis, std::int64_t before, std::int64_t after) {
  return x.graph().apply_one(ops::kPad, ops::AxisAttributes{from_start(x, axis), before, after}, {x});
}

}  // namespace genocuda
