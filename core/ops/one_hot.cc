// SPDX-License-Identifier: Apache-2.0
#include "core/ops/one_hot.h"

#include "core/dna.h"
#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

void require_dna(const TensorType& type) {
  require(type.dtype == DType::dna, "the sequences must be dna, not {}", type.to_string());
  require_rank(type, 2, "the sequences");
}

std::vector<TensorType> infer_one_hot(const std::any& attributes, std::span<const TensorType> inputs) {
  const DType dtype = std::any_cast<const OneHotAttributes&>(attributes).dtype;
  require_dna(inputs[0]);
  require(is_floating(dtype), "the numbers must be floating, not {}", name_of(dtype));
  return {{dtype, {inputs[0].shape[0], inputs[0].shape[1], dna::kBases}}};
}

std::vector<TensorType> infer_both_strands(const std::any&, std::span<const TensorType> inputs) {
  require_dna(inputs[0]);
  return {{DType::dna, {2 * inputs[0].shape[0], inputs[0].shape[1]}}};
}

/// Nothing flows back to bases. A rule all the same, since gradients are asked for with respect to the one-hot numbers.
std::vector<Value> no_cotangent(const NodeHandle&, std::span<const Value>) { return {Value()}; }

std::vector<TensorType> infer_onehot_conv1d(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = std::any_cast<const OnehotConv1dAttributes&>(attributes).window;
  const TensorType &dna = inputs[0], &filters = inputs[1];
  require_dna(dna);
  require_floating(filters, "the filters");
  require_rank(filters, 3, "the filters");
  require(window.width == filters.shape[0], "the window is {} wide, but the filters are {}", window.width,
          filters.shape[0]);
  require(filters.shape[1] == dna::kBases, "the filters take {} channels, but DNA has {}", filters.shape[1],
          dna::kBases);
  return {{filters.dtype, {dna.shape[0], window.output_length(dna.shape[1]), filters.shape[2]}}};
}

std::vector<TensorType> infer_backward_filters(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = std::any_cast<const OnehotConv1dAttributes&>(attributes).window;
  const TensorType &dna = inputs[0], &dy = inputs[1];
  require_dna(dna);
  require_floating(dy, "the output's gradient");
  require_rank(dy, 3, "the output's gradient");
  const std::int64_t length = window.output_length(dna.shape[1]);
  require(dy.shape[0] == dna.shape[0] && dy.shape[1] == length, "{} gives an output of {} x {} positions, not {}",
          dna.to_string(), dna.shape[0], length, dy.to_string());
  return {{dy.dtype, {window.width, dna::kBases, dy.shape[2]}}};
}

Value backward_filters(Value dna, Value dy, const OnehotConv1dAttributes& attributes) {
  return dna.graph().apply_one(kOnehotConv1dBackwardFilters, attributes, {dna, dy});
}

// Both operators are linear in their second operand, and each is the other's adjoint.

std::vector<Value> onehot_conv1d_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const OnehotConv1dAttributes attributes = node.attribute<OnehotConv1dAttributes>();
  return {Value(), backward_filters(node.input(0), dy[0], attributes)};
}

std::vector<Value> onehot_conv1d_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [window, unknown] = node.attribute<OnehotConv1dAttributes>();
  return {onehot_conv1d(node.input(0), t[1], window, unknown)};
}

std::vector<Value> backward_filters_vjp(const NodeHandle& node, std::span<const Value> dw) {
  const auto [window, unknown] = node.attribute<OnehotConv1dAttributes>();
  return {Value(), onehot_conv1d(node.input(0), dw[0], window, unknown)};
}

std::vector<Value> backward_filters_jvp(const NodeHandle& node, std::span<const Value> t) {
  const OnehotConv1dAttributes attributes = node.attribute<OnehotConv1dAttributes>();
  return {backward_filters(node.input(0), t[1], attributes)};
}

std::string describe_onehot_conv1d(const std::any& any) {
  return to_string(std::any_cast<const OnehotConv1dAttributes&>(any));
}

}  // namespace

std::string to_string(const OnehotConv1dAttributes& attributes) {
  return fmt::format("{}, N as {}", to_string(attributes.window),
                     attributes.unknown == UnknownBase::zeros ? "zeros" : "quarters");
}

constinit const Operator kOneHot{"one_hot", infer_one_hot, no_cotangent};
constinit const Operator kBothStrands{"both_strands", infer_both_strands, no_cotangent};
constinit const Operator kOnehotConv1d{
    "onehot_conv1d", infer_onehot_conv1d, onehot_conv1d_vjp, onehot_conv1d_jvp, nullptr, false, describe_onehot_conv1d};
constinit const Operator kOnehotConv1dBackwardFilters{"onehot_conv1d_backward_filters",
                                                      infer_backward_filters,
                                                      backward_filters_vjp,
                                                      backward_filters_jvp,
                                                      nullptr,
                                                      false,
                                                      describe_onehot_conv1d};

}  // namespace ops

Value one_hot(Value dna, DType dtype, UnknownBase unknown) {
  return dna.graph().apply_one(ops::kOneHot, ops::OneHotAttributes{dtype, unknown}, {dna});
}

Value both_strands(Value dna) { return dna.graph().apply_one(ops::kBothStrands, {}, {dna}); }

Value onehot_conv1d(Value dna, Value filters, const SlidingWindow& window, UnknownBase unknown) {
  return dna.graph().apply_one(ops::kOnehotConv1d, ops::OnehotConv1dAttributes{window, unknown}, {dna, filters});
}

}  // namespace genocuda
