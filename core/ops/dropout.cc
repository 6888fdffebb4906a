// SPDX-License-Identifier: Apache-2.0
#include "core/ops/dropout.h"

#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer_dropout(const std::any& attributes, std::span<const TensorType> inputs) {
  require_floating(inputs[0], "x");
  require(inputs[1] == TensorType{DType::i32, Shape{}}, "the step must be i32[], not {}", inputs[1].to_string());
  const double rate = std::any_cast<const DropoutAttributes&>(attributes).rate;
  require(rate >= 0 && rate < 1, "the rate must be at least 0 and below 1, but is {}", rate);
  return {inputs[0]};
}

Value same_mask(const NodeHandle& node, Value x) {
  return node.graph().apply_one(kDropout, node.attribute<DropoutAttributes>(), {x, node.input(1)});
}

std::vector<Value> dropout_vjp(const NodeHandle& node, std::span<const Value> dy) {
  return {same_mask(node, dy[0]), Value()};
}

std::vector<Value> dropout_jvp(const NodeHandle& node, std::span<const Value> t) {
  return {t[0] ? same_mask(node, t[0]) : Value()};
}

}  // namespace

constinit const Operator kDropout{"dropout", infer_dropout, dropout_vjp, dropout_jvp, first_input_in_place};

}  // namespace ops

Value dropout(Value x, Value step, double rate, std::uint64_t seed, std::uint32_t layer) {
  return x.graph().apply_one(ops::kDropout, ops::DropoutAttributes{rate, seed, layer}, {x, step});
}

}  // namespace genocuda
