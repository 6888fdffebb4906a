// SPDX-License-Identifier: Apache-2.0
#include "core/ops/one_hot.h"

#include "core/ops/conv1d.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

OperatorCase encoding(std::string name, const Shape& shape, UnknownBase unknown, double share = 0.2) {
  return {.name = "one_hot/" + name, .inputs = {bases("dna", shape, share)}, .build = [=](const CaseValues& in) {
            return std::vector{one_hot(in["dna"], in.dtype(), unknown)};
          }};
}

OperatorCase strands(const Shape& shape, double share) {
  return {.name = fmt::format("both_strands/{}_unknown_{:.0f}", name_of(shape), 100 * share),
          .inputs = {bases("dna", shape, share)},
          .build = [](const CaseValues& in) { return std::vector{both_strands(in["dna"])}; }};
}

OperatorCase convolution(std::string name, const Shape& shape, std::int64_t out, const SlidingWindow& window,
                         UnknownBase unknown = UnknownBase::zeros, double share = 0.1) {
  return {.name = "onehot_conv1d/" + name,
          .inputs = {bases("dna", shape, share), number("filters", {window.width, 4, out})},
          .build = [=](const CaseValues& in) {
            return std::vector{onehot_conv1d(in["dna"], in["filters"], window, unknown)};
          }};
}

OperatorCase backward_filters() {
  const SlidingWindow window = sliding_window(Padding::same, 11, 4, 2);
  return {.name = "onehot_conv1d_backward_filters/of_dy",
          .inputs = {bases("dna", {2, 11}), number("dy", {2, window.output_length(11), 3})},
          .build = [=](const CaseValues& in) {
            return in["dy"].graph().apply(ops::kOnehotConv1dBackwardFilters,
                                          ops::OnehotConv1dAttributes{window, UnknownBase::quarters},
                                          {in["dna"], in["dy"]});
          }};
}

/// As attribution needs it: the gradient with respect to the numbers of the bases.
OperatorCase over_numbers(std::int64_t length, std::int64_t out, const SlidingWindow& window) {
  return {.name = fmt::format("conv1d/of_{}_bases_width_{}", length, window.width),
          .inputs = {number("x", {2, length, 4}), number("filters", {window.width, 4, out})},
          .build = [=](const CaseValues& in) { return std::vector{conv1d(in["x"], in["filters"], window)}; }};
}

}  // namespace

void add_one_hot_cases(std::vector<OperatorCase>& cases) {
  for (const std::int64_t length : {1, 15, 16, 17, 31, 32, 33, 100}) {
    cases.push_back(encoding(fmt::format("length_{}", length), {3, length}, UnknownBase::zeros));
    cases.push_back(strands({2, length}, 0.2));
  }
  cases.push_back(encoding("quarters", {3, 21}, UnknownBase::quarters));
  cases.push_back(encoding("all_unknown", {2, 9}, UnknownBase::quarters, 1));
  cases.push_back(encoding("none_unknown", {2, 9}, UnknownBase::zeros, 0));
  cases.push_back(encoding("empty_batch", {0, 9}, UnknownBase::zeros));
  cases.push_back(strands({0, 9}, 0.2));
  cases.push_back(strands({1, 70}, 0));
  cases.push_back(strands({2, 70}, 1));

  cases.push_back(convolution("valid", {2, 12}, 3, {.width = 5}));
  cases.push_back(convolution("same", {2, 12}, 3, sliding_window(Padding::same, 12, 4)));
  cases.push_back(
      convolution("quarters_same", {2, 12}, 3, sliding_window(Padding::same, 12, 5), UnknownBase::quarters, 0.3));
  cases.push_back(convolution("stride_2", {2, 13}, 3, {.width = 4, .stride = 2}));
  cases.push_back(convolution("dilation_3", {2, 13}, 3, {.width = 4, .dilation = 3}));
  cases.push_back(convolution("explicit", {1, 7}, 2, {.width = 3, .stride = 2, .pad_left = 2, .pad_right = 5}));
  cases.push_back(convolution("width_1", {2, 7}, 3, {.width = 1}));
  cases.push_back(convolution("length_1", {2, 1}, 3, {.width = 1}));
  cases.push_back(convolution("width_is_length", {2, 19}, 3, {.width = 19}));
  cases.push_back(convolution("one_filter", {2, 19}, 1, {.width = 6}));
  cases.push_back(convolution("odd_filters", {3, 45}, 37, sliding_window(Padding::same, 45, 19)));
  cases.push_back(convolution("all_unknown", {2, 12}, 3, {.width = 5}, UnknownBase::zeros, 1));
  cases.push_back(convolution("none_unknown", {2, 40}, 16, {.width = 8}, UnknownBase::zeros, 0));
  cases.push_back(convolution("empty_batch", {0, 12}, 3, {.width = 5}));
  cases.push_back(backward_filters());
  cases.push_back(over_numbers(33, 18, sliding_window(Padding::same, 33, 9)));
  cases.push_back(over_numbers(6, 3, {.width = 7, .pad_left = 3, .pad_right = 3}));
}

}  // namespace genocuda::op_test
