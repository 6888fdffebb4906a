// SPDX-License-Identifier: Apache-2.0
#include "core/ops/pooling.h"

#include "core/ops/checks.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace ops {
namespace {

const PoolAttributes& attributes_of(const std::any& attributes) {
  return std::any_cast<const PoolAttributes&>(attributes);
}

/// Of the positions k in a window.
DType index_dtype(const SlidingWindow& window) { return window.width <= 256 ? DType::u8 : DType::i32; }

void require_sequence(const TensorType& type, std::string_view what) {
  require_floating(type, what);
  require_rank(type, 3, what);
}

/// [batch, length, channels] -> [batch, windows, channels].
TensorType pooled(const SlidingWindow& window, const TensorType& x) {
  require_sequence(x, "the input");
  return {x.dtype, {x.shape[0], pool_windows(window, x.shape[1]), x.shape[2]}};
}

/// [batch, windows, channels] -> [batch, length, channels].
TensorType unpooled(const PoolAttributes& attributes, const TensorType& dy) {
  require_sequence(dy, "the output's gradient");
  const std::int64_t windows = pool_windows(attributes.window, attributes.input_length);
  require(dy.shape[1] == windows, "a length of {} gives {} windows, not {}", attributes.input_length, windows,
          dy.shape[1]);
  return {dy.dtype, {dy.shape[0], attributes.input_length, dy.shape[2]}};
}

std::vector<TensorType> infer_max_pool(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = attributes_of(attributes).window;
  const TensorType y = pooled(window, inputs[0]);
  return {y, {index_dtype(window), y.shape}};
}

std::vector<TensorType> infer_max_pool_backward(const std::any& attributes, std::span<const TensorType> inputs) {
  const TensorType dx = unpooled(attributes_of(attributes), inputs[0]);
  require_same(inputs[1], {index_dtype(attributes_of(attributes).window), inputs[0].shape});
  return {dx};
}

std::vector<TensorType> infer_max_pool_gather(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = attributes_of(attributes).window;
  const TensorType y = pooled(window, inputs[0]);
  require_same(inputs[1], {index_dtype(window), y.shape});
  return {y};
}

std::vector<TensorType> infer_avg_pool(const std::any& attributes, std::span<const TensorType> inputs) {
  return {pooled(attributes_of(attributes).window, inputs[0])};
}

std::vector<TensorType> infer_avg_pool_backward(const std::any& attributes, std::span<const TensorType> inputs) {
  return {unpooled(attributes_of(attributes), inputs[0])};
}

Value max_pool_backward(Value dy, Value argmax, const SlidingWindow& window, std::int64_t input_length) {
  return dy.graph().apply_one(kMaxPool1dBackward, PoolAttributes{window, input_length}, {dy, argmax});
}

Value max_pool_gather(Value t, Value argmax, const SlidingWindow& window) {
  return t.graph().apply_one(kMaxPool1dGather, PoolAttributes{window}, {t, argmax});
}

Value avg_pool_backward(Value dy, const SlidingWindow& window, std::int64_t input_length) {
  return dy.graph().apply_one(kAvgPool1dBackward, PoolAttributes{window, input_length}, {dy});
}

// Given the winners, a maximum is linear: gather and backward are adjoint to each other, as are avg_pool1d and its
// backward.

std::vector<Value> max_pool_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {max_pool_backward(dy[0], node.output(1), window, node.input(0).shape()[1])};
}

std::vector<Value> max_pool_jvp(const NodeHandle& node, std::span<const Value> t) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {max_pool_gather(t[0], node.output(1), window), Value()};
}

std::vector<Value> max_pool_backward_vjp(const NodeHandle& node, std::span<const Value> dx) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {max_pool_gather(dx[0], node.input(1), window), Value()};
}

std::vector<Value> max_pool_backward_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [window, input_length] = node.attribute<PoolAttributes>();
  return {max_pool_backward(t[0], node.input(1), window, input_length)};
}

std::vector<Value> max_pool_gather_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {max_pool_backward(dy[0], node.input(1), window, node.input(0).shape()[1]), Value()};
}

std::vector<Value> max_pool_gather_jvp(const NodeHandle& node, std::span<const Value> t) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {max_pool_gather(t[0], node.input(1), window)};
}

std::vector<Value> avg_pool_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {avg_pool_backward(dy[0], window, node.input(0).shape()[1])};
}

std::vector<Value> avg_pool_of_derivative(const NodeHandle& node, std::span<const Value> d) {
  const SlidingWindow window = node.attribute<PoolAttributes>().window;
  return {avg_pool1d(d[0], window)};
}

std::vector<Value> avg_pool_backward_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [window, input_length] = node.attribute<PoolAttributes>();
  return {avg_pool_backward(t[0], window, input_length)};
}

}  // namespace

std::int64_t pool_windows(const SlidingWindow& window, std::int64_t length) {
  require(window.dilation == 1, "a pool has no dilation, but it is {}", window.dilation);
  const std::int64_t windows = window.output_length(length);
  require(window.pad_left < window.width && (windows - 1) * window.stride - window.pad_left < length,
          "a window of width {} and stride {} would lie in the padding ({} left, {} right) alone: pad less",
          window.width, window.stride, window.pad_left, window.pad_right);
  return windows;
}

constinit const Operator kMaxPool1d{"max_pool1d", infer_max_pool, max_pool_vjp, max_pool_jvp};
constinit const Operator kMaxPool1dBackward{"max_pool1d_backward", infer_max_pool_backward, max_pool_backward_vjp,
                                            max_pool_backward_jvp};
constinit const Operator kMaxPool1dGather{"max_pool1d_gather", infer_max_pool_gather, max_pool_gather_vjp,
                                          max_pool_gather_jvp};
constinit const Operator kAvgPool1d{"avg_pool1d", infer_avg_pool, avg_pool_vjp, avg_pool_of_derivative};
constinit const Operator kAvgPool1dBackward{"avg_pool1d_backward", infer_avg_pool_backward, avg_pool_of_derivative,
                                            avg_pool_backward_jvp};

}  // namespace ops

Value max_pool1d(Value x, const SlidingWindow& window) {
  return x.graph().apply_one(ops::kMaxPool1d, ops::PoolAttributes{window}, {x});
}

Value avg_pool1d(Value x, const SlidingWindow& window) {
  return x.graph().apply_one(ops::kAvgPool1d, ops::PoolAttributes{window}, {x});
}

Value global_max_pool1d(Value x) {
  // Where x is no [batch, length, channels], the shape inference of the pool says so.
  const Value longest = max_pool1d(x, {.width = x.shape().rank() == 3 ? x.shape()[1] : 1});
  return reshape(longest, {longest.shape()[0], longest.shape()[2]});
}

Value global_mean_pool1d(Value x) {
  ops::require(x.shape().rank() == 3, "global_mean_pool1d: the input must have 3 dimensions, not {}",
               x.type().to_string());
  return mean(x, 1, 2);
}

}  // namespace genocuda
