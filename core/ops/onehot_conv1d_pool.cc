// SPDX-License-Identifier: Apache-2.0
#include "core/ops/onehot_conv1d_pool.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/matmul.h"
#include "core/ops/pooling.h"
#include "core/ops/reduction.h"

namespace genocuda {
namespace ops {
namespace {

using Attributes = OnehotConv1dPoolAttributes;

const Attributes& attributes_of(const std::any& attributes) { return std::any_cast<const Attributes&>(attributes); }

/// The windows of the pool over the convolution of sequences of `length` bases.
std::int64_t count_windows(const Attributes& attributes, std::int64_t length) {
  const SlidingWindow& pool = attributes.pool;
  require(pool.width <= kWidestFusedPool, "a fused pool may be {} positions wide, not {}", kWidestFusedPool,
          pool.width);
  return pool_windows(pool, attributes.window.output_length(length));
}

std::vector<TensorType> infer_pool(const std::any& any, std::span<const TensorType> inputs) {
  const Attributes& attributes = attributes_of(any);
  const OnehotConv1dAttributes convolution{attributes.window, attributes.unknown};
  const TensorType conv = kOnehotConv1d.infer(convolution, inputs.first(2)).front();
  const TensorType& bias = inputs[2];
  require_rank(bias, 1, "the bias");
  require(bias.dtype == conv.dtype, "{} and {} differ in type", inputs[1].to_string(), bias.to_string());
  require(bias.shape[0] == conv.shape[2], "a bias of {} channels does not fit {} filters", bias.shape[0],
          conv.shape[2]);
  require(!attributes.activation || can_follow_pool(*attributes.activation),
          "{} with alpha = {} does not keep the order of its arguments: pool behind it",
          name_of(attributes.activation.value_or(ActivationAttributes{}).kind),
          attributes.activation.value_or(ActivationAttributes{}).alpha);
  const Shape y{conv.shape[0], count_windows(attributes, inputs[0].shape[1]), conv.shape[2]};
  return {{conv.dtype, y}, {DType::u8, y}};
}

std::vector<TensorType> infer_backward_filters(const std::any& any, std::span<const TensorType> inputs) {
  const Attributes& attributes = attributes_of(any);
  const TensorType &dna = inputs[0], &d = inputs[1];
  require(dna.dtype == DType::dna, "the sequences must be dna, not {}", dna.to_string());
  require_rank(dna, 2, "the sequences");
  require_floating(d, "the gradient");
  require_rank(d, 3, "the gradient");
  const std::int64_t windows = count_windows(attributes, dna.shape[1]);
  require(d.shape[0] == dna.shape[0] && d.shape[1] == windows, "{} gives {} x {} windows, not {}", dna.to_string(),
          dna.shape[0], windows, d.to_string());
  require_same(inputs[2], {DType::u8, d.shape});
  return {{d.dtype, {attributes.window.width, 4, d.shape[2]}}};
}

Value backward_filters(Value dna, Value d, Value argmax, const Attributes& attributes) {
  return d.graph().apply_one(kOnehotConv1dPoolBackwardFilters, attributes, {dna, d, argmax});
}

/// The convolution with other filters at the winners: the adjoint of backward_filters.
Value winners(Value dna, Value filters, Value argmax, const Attributes& attributes) {
  const Value conv = onehot_conv1d(dna, filters, attributes.window, attributes.unknown);
  return conv.graph().apply_one(kMaxPool1dGather, PoolAttributes{attributes.pool}, {conv, argmax});
}

/// d · f′, from y.
Value through_activation(const NodeHandle& node, Value d) {
  const auto activation = node.attribute<Attributes>().activation;
  return activation ? node.graph().apply_one(kActivationGradient, *activation, {d, node.output()}) : d;
}

std::vector<Value> pool_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const Attributes attributes = node.attribute<Attributes>();
  const Value d = through_activation(node, dy[0]);
  return {Value(), backward_filters(node.input(0), d, node.output(1), attributes), sum(d, 0, 2)};
}

std::vector<Value> pool_jvp(const NodeHandle& node, std::span<const Value> t) {
  const Attributes attributes = node.attribute<Attributes>();
  const Shape y = node.output().shape();
  Value moved;
  if (t[1]) moved = winners(node.input(0), t[1], node.output(1), attributes);
  if (t[2]) moved = moved ? add_bias(moved, t[2]) : broadcast(t[2], 0, Shape{y[0], y[1]});
  return {through_activation(node, moved), Value()};
}

std::vector<Value> backward_filters_vjp(const NodeHandle& node, std::span<const Value> dw) {
  return {Value(), winners(node.input(0), dw[0], node.input(2), node.attribute<Attributes>()), Value()};
}

std::vector<Value> backward_filters_jvp(const NodeHandle& node, std::span<const Value> t) {
  return {backward_filters(node.input(0), t[1], node.input(2), node.attribute<Attributes>())};
}

std::string describe_pool(const std::any& any) {
  const Attributes& attributes = attributes_of(any);
  return fmt::format("{}, {}, pool of {}", to_string(OnehotConv1dAttributes{attributes.window, attributes.unknown}),
                     to_string(attributes.activation), to_string(attributes.pool));
}

}  // namespace

bool can_follow_pool(const ActivationAttributes& activation) {
  switch (activation.kind) {
    case ActivationKind::sigmoid:
    case ActivationKind::tanh:
    case ActivationKind::relu:
    case ActivationKind::softplus:
    case ActivationKind::exp:
      return true;
    case ActivationKind::thresholded_relu:
    case ActivationKind::leaky_relu:
    case ActivationKind::elu:
      return activation.alpha >= 0;
    case ActivationKind::gelu:   // falls left of −0.75
    case ActivationKind::log1p:  // NaN below −1, which a maximum before it would hide
      return false;
  }
  return false;
}

constinit const Operator kOnehotConv1dPool{"onehot_conv1d_pool", infer_pool, pool_vjp, pool_jvp, nullptr, false,
                                           describe_pool};
constinit const Operator kOnehotConv1dPoolBackwardFilters{"onehot_conv1d_pool_backward_filters",
                                                          infer_backward_filters,
                                                          backward_filters_vjp,
                                                          backward_filters_jvp,
                                                          nullptr,
                                                          false,
                                                          describe_pool};

}  // namespace ops

Value onehot_conv1d_pool(Value dna, Value filters, Value bias, const ops::OnehotConv1dPoolAttributes& attributes) {
  return dna.graph().apply_one(ops::kOnehotConv1dPool, attributes, {dna, filters, bias});
}

}  // namespace genocuda
