// SPDX-License-Identifier: Apache-2.0
#include "core/ops/conv1d.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

const Conv1dAttributes& attributes_of(const std::any& attributes) {
  return std::any_cast<const Conv1dAttributes&>(attributes);
}

void require_operands(const TensorType& a, std::string_view a_name, const TensorType& b, std::string_view b_name) {
  require_floating(a, a_name);
  require_rank(a, 3, a_name);
  require_rank(b, 3, b_name);
  require(a.dtype == b.dtype, "{} and {} differ in type", a.to_string(), b.to_string());
}

void require_width(const SlidingWindow& window, std::int64_t width) {
  require(window.width == width, "the window is {} wide, but the filters are {}", window.width, width);
}

void require_output_length(const SlidingWindow& window, std::int64_t input_length, std::int64_t output_length) {
  const std::int64_t expected = window.output_length(input_length);
  require(expected == output_length, "an input of length {} gives {} positions, not {}", input_length, expected,
          output_length);
}

std::vector<TensorType> infer_conv1d(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = attributes_of(attributes).window;
  const TensorType &x = inputs[0], &filters = inputs[1];
  require_operands(x, "the input", filters, "the filters");
  require_width(window, filters.shape[0]);
  require(x.shape[2] == filters.shape[1], "the input has {} channels, but the filters take {}", x.shape[2],
          filters.shape[1]);
  return {{x.dtype, {x.shape[0], window.output_length(x.shape[1]), filters.shape[2]}}};
}

std::vector<TensorType> infer_backward_input(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [window, input_length] = attributes_of(attributes);
  const TensorType &dy = inputs[0], &filters = inputs[1];
  require_operands(dy, "the output's gradient", filters, "the filters");
  require_width(window, filters.shape[0]);
  require(dy.shape[2] == filters.shape[2], "the gradient has {} channels, but there are {} filters", dy.shape[2],
          filters.shape[2]);
  require_output_length(window, input_length, dy.shape[1]);
  return {{dy.dtype, {dy.shape[0], input_length, filters.shape[1]}}};
}

std::vector<TensorType> infer_backward_filters(const std::any& attributes, std::span<const TensorType> inputs) {
  const SlidingWindow& window = attributes_of(attributes).window;
  const TensorType &x = inputs[0], &dy = inputs[1];
  require_operands(x, "the input", dy, "the output's gradient");
  require(x.shape[0] == dy.shape[0], "the batches of {} and {} differ", x.to_string(), dy.to_string());
  require_output_length(window, x.shape[1], dy.shape[1]);
  return {{x.dtype, {window.width, x.shape[2], dy.shape[2]}}};
}

std::string describe_conv1d(const std::any& attributes) { return to_string(attributes_of(attributes).window); }

Value backward_input(Value dy, Value filters, const SlidingWindow& window, std::int64_t input_length) {
  return dy.graph().apply_one(kConv1dBackwardInput, Conv1dAttributes{window, input_length}, {dy, filters});
}

Value backward_filters(Value x, Value dy, const SlidingWindow& window) {
  return x.graph().apply_one(kConv1dBackwardFilters, Conv1dAttributes{window}, {x, dy});
}

Value sum_of(Value a, Value b) { return a && b ? a + b : a ? a : b; }

// With <u, v> the sum of products of all elements, <dy, conv1d(x, w)> = <backward_input(dy, w), x> =
// <backward_filters(x, dy), w> is linear in each of x, w and dy. So the three operators are each other's derivatives,
// to any order.

std::vector<Value> conv1d_vjp(const NodeHandle& node, std::span<const Value> dy) {
  const SlidingWindow window = node.attribute<Conv1dAttributes>().window;
  const Value x = node.input(0), filters = node.input(1);
  return {backward_input(dy[0], filters, window, x.shape()[1]), backward_filters(x, dy[0], window)};
}

std::vector<Value> conv1d_jvp(const NodeHandle& node, std::span<const Value> t) {
  const SlidingWindow window = node.attribute<Conv1dAttributes>().window;
  return {sum_of(t[0] ? conv1d(t[0], node.input(1), window) : Value(),
                 t[1] ? conv1d(node.input(0), t[1], window) : Value())};
}

std::vector<Value> backward_input_vjp(const NodeHandle& node, std::span<const Value> dx) {
  const SlidingWindow window = node.attribute<Conv1dAttributes>().window;
  return {conv1d(dx[0], node.input(1), window), backward_filters(dx[0], node.input(0), window)};
}

std::vector<Value> backward_input_jvp(const NodeHandle& node, std::span<const Value> t) {
  const auto [window, input_length] = node.attribute<Conv1dAttributes>();
  return {sum_of(t[0] ? backward_input(t[0], node.input(1), window, input_length) : Value(),
                 t[1] ? backward_input(node.input(0), t[1], window, input_length) : Value())};
}

std::vector<Value> backward_filters_vjp(const NodeHandle& node, std::span<const Value> dw) {
  const SlidingWindow window = node.attribute<Conv1dAttributes>().window;
  const Value x = node.input(0), dy = node.input(1);
  return {backward_input(dy, dw[0], window, x.shape()[1]), conv1d(x, dw[0], window)};
}

std::vector<Value> backward_filters_jvp(const NodeHandle& node, std::span<const Value> t) {
  const SlidingWindow window = node.attribute<Conv1dAttributes>().window;
  return {sum_of(t[0] ? backward_filters(t[0], node.input(1), window) : Value(),
                 t[1] ? backward_filters(node.input(0), t[1], window) : Value())};
}

}  // namespace

constinit const Operator kConv1d{"conv1d", infer_conv1d, conv1d_vjp, conv1d_jvp, nullptr, false, describe_conv1d};
constinit const Operator kConv1dBackwardInput{
    "conv1d_backward_input", infer_backward_input, backward_input_vjp, backward_input_jvp, nullptr, false,
    describe_conv1d};
constinit const Operator kConv1dBackwardFilters{"conv1d_backward_filters",
                                                infer_backward_filters,
                                                backward_filters_vjp,
                                                backward_filters_jvp,
                                                nullptr,
                                                false,
                                                describe_conv1d};

}  // namespace ops

Value conv1d(Value x, Value filters, const SlidingWindow& window) {
  return x.graph().apply_one(ops::kConv1d, ops::Conv1dAttributes{window}, {x, filters});
}

}  // namespace genocuda
