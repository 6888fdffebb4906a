// SPDX-License-Identifier: Apache-2.0
#include "core/ops/conv1d.h"

#include "core/differentiate.h"
#include "core/ops/arithmetic.h"
#include "core/ops/reduction.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

struct Extents {
  std::int64_t batch, length, in, out;
};

std::vector<CaseInput> operands(const Extents& n, const SlidingWindow& window) {
  return {number("x", {n.batch, n.length, n.in}), number("filters", {window.width, n.in, n.out})};
}

OperatorCase convolution(std::string name, const Extents& n, const SlidingWindow& window) {
  return {.name = "conv1d/" + name, .inputs = operands(n, window), .build = [=](const CaseValues& in) {
            return std::vector{conv1d(in["x"], in["filters"], window)};
          }};
}

/// The gradients of Σ y² as the outputs of a case: their derivatives go through the rules of the backward operators.
OperatorCase second_order(std::string name, const Extents& n, const SlidingWindow& window) {
  return {.name = "conv1d/second_order_" + name,
          .inputs = operands(n, window),
          .build =
              [=](const CaseValues& in) {
                const Value y = conv1d(in["x"], in["filters"], window);
                const Value wrt[] = {in["x"], in["filters"]};
                return gradient(sum(y * y), wrt).values;
              },
          .tolerance = 4};
}

/// A backward operator on its own, along each operand alone.
std::vector<OperatorCase> backward_alone() {
  const SlidingWindow window{.width = 3, .stride = 2, .pad_left = 1};
  const std::int64_t length = 8, out_length = window.output_length(length);
  std::vector<OperatorCase> cases;
  for (const bool first : {true, false}) {
    const auto make = [](bool differentiable, std::string name, Shape shape) {
      return differentiable ? number(std::move(name), shape) : fixed(std::move(name), shape);
    };
    const std::string suffix = first ? "/of_left_alone" : "/of_right_alone";
    cases.push_back({.name = "conv1d_backward_input" + suffix,
                     .inputs = {make(first, "dy", {2, out_length, 4}), make(!first, "filters", {3, 2, 4})},
                     .build = [=](const CaseValues& in) {
                       return in["dy"].graph().apply(ops::kConv1dBackwardInput, ops::Conv1dAttributes{window, length},
                                                     {in["dy"], in["filters"]});
                     }});
    cases.push_back({.name = "conv1d_backward_filters" + suffix,
                     .inputs = {make(first, "x", {2, length, 2}), make(!first, "dy", {2, out_length, 4})},
                     .build = [=](const CaseValues& in) {
                       return in["x"].graph().apply(ops::kConv1dBackwardFilters, ops::Conv1dAttributes{window},
                                                    {in["x"], in["dy"]});
                     }});
  }
  return cases;
}

}  // namespace

void add_conv1d_cases(std::vector<OperatorCase>& cases) {
  cases.push_back(convolution("valid", {2, 9, 3, 4}, {.width = 3}));
  cases.push_back(convolution("stride_2", {2, 10, 3, 4}, {.width = 3, .stride = 2}));
  cases.push_back(convolution("stride_beyond_width", {2, 11, 2, 3}, {.width = 2, .stride = 4}));
  cases.push_back(convolution("dilation_3", {2, 12, 3, 2}, {.width = 3, .dilation = 3}));
  cases.push_back(convolution("same_odd_width", {2, 9, 3, 4}, sliding_window(Padding::same, 9, 5)));
  cases.push_back(convolution("same_even_width", {2, 9, 3, 4}, sliding_window(Padding::same, 9, 4)));
  cases.push_back(convolution("same_stride_3", {2, 10, 2, 3}, sliding_window(Padding::same, 10, 5, 3)));
  cases.push_back(convolution("same_dilation_4", {2, 10, 2, 3}, sliding_window(Padding::same, 10, 3, 1, 4)));
  cases.push_back(convolution("same_stride_2_dilation_2", {2, 11, 2, 3}, sliding_window(Padding::same, 11, 3, 2, 2)));
  cases.push_back(convolution("ceil", {2, 11, 2, 3}, sliding_window(Padding::ceil, 11, 4, 3)));
  cases.push_back(convolution("explicit", {2, 6, 2, 3}, {.width = 3, .stride = 2, .pad_left = 1, .pad_right = 4}));
  cases.push_back(convolution("windows_in_padding", {1, 3, 2, 2}, {.width = 2, .pad_left = 4, .pad_right = 3}));
  cases.push_back(convolution("wider_than_length", {2, 3, 2, 3}, sliding_window(Padding::same, 3, 7)));
  cases.push_back(convolution("width_is_length", {2, 7, 3, 4}, {.width = 7}));
  cases.push_back(convolution("width_1", {2, 5, 3, 4}, {.width = 1}));
  cases.push_back(convolution("width_1_stride_2", {2, 5, 3, 4}, {.width = 1, .stride = 2}));
  cases.push_back(convolution("length_1", {2, 1, 3, 4}, {.width = 1}));
  cases.push_back(convolution("all_ones", {1, 1, 1, 1}, {.width = 1}));
  cases.push_back(convolution("one_channel", {2, 9, 1, 1}, {.width = 4}));
  cases.push_back(convolution("batch_1", {1, 13, 4, 3}, {.width = 4, .stride = 2}));
  cases.push_back(convolution("empty_batch", {0, 9, 3, 4}, {.width = 3}));
  cases.push_back(convolution("odd_sizes", {3, 23, 5, 17}, sliding_window(Padding::same, 23, 7)));
  cases.push_back(convolution("wide_vectors", {2, 12, 16, 33}, {.width = 3}));
  cases.push_back(
      {.name = "conv1d/of_x_alone",
       .inputs = {number("x", {2, 9, 3}), fixed("filters", {3, 3, 4})},
       .build = [](const CaseValues& in) { return std::vector{conv1d(in["x"], in["filters"], {.width = 3})}; }});
  cases.push_back(
      {.name = "conv1d/of_filters_alone",
       .inputs = {fixed("x", {2, 9, 3}), number("filters", {3, 3, 4})},
       .build = [](const CaseValues& in) { return std::vector{conv1d(in["x"], in["filters"], {.width = 3})}; }});
  cases.push_back(second_order("valid", {2, 7, 2, 3}, {.width = 3}));
  cases.push_back(second_order("strided", {2, 7, 2, 3}, sliding_window(Padding::same, 7, 3, 2, 2)));
  for (OperatorCase& one : backward_alone()) cases.push_back(std::move(one));
}

}  // namespace genocuda::op_test
