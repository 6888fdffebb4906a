// SPDX-License-Identifier: Apache-2.0
#include "core/ops/onehot_conv1d_pool.h"

#include <cmath>

#include "core/differentiate.h"
#include "core/ops/arithmetic.h"
#include "core/ops/pooling.h"
#include "core/ops/reduction.h"
#include "core/philox.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

using Attributes = ops::OnehotConv1dPoolAttributes;

constexpr ops::ActivationAttributes kRelu{ActivationKind::relu, 0};

/// Numbers of eight significant bits and of both signs between 1/64 and 2: bf16 holds them, and float the sums of them,
/// exactly, so that every device and precision finds the same winners. They are drawn so that no two of the sums that
/// compete are within reach of difference quotients.
Data exact_numbers(std::uint64_t key, int count) {
  philox::Generator random(key, 0);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    const int exponent = -7 - static_cast<int>(random.below(7));
    const double magnitude = std::ldexp(128 + random.below(128), exponent);
    values.push_back(random.below(2) == 0 ? magnitude : -magnitude);
  }
  return exactly(std::move(values));
}

OperatorCase fused(std::string name, const Shape& shape, std::int64_t out, const Attributes& attributes,
                   double share = 0.1, std::uint64_t key = 1, bool differentiate = true) {
  return {
      .name = "onehot_conv1d_pool/" + name,
      .inputs = {bases("dna", shape, share),
                 number("filters", {attributes.window.width, 4, out}, exact_numbers(key, 4096)),
                 number("bias", {out}, exact_numbers(99, 64))},
      .build =
          [=](const CaseValues& in) {
            return in["bias"].graph().apply(ops::kOnehotConv1dPool, attributes, {in["dna"], in["filters"], in["bias"]});
          },
      .differentiate = differentiate};
}

/// The gradient of Σ y² or, to the third order, of what comes of it: through the rules of the backward operator.
OperatorCase higher_order(std::string name, int order) {
  const Attributes attributes{{.width = 4}, UnknownBase::zeros, std::nullopt, {.width = 3, .stride = 2}};
  OperatorCase result = fused(std::move(name), {2, 12}, 3, attributes);
  result.build = [=](const CaseValues& in) {
    const Value y = onehot_conv1d_pool(in["dna"], in["filters"], in["bias"], attributes);
    const Value wrt[] = {in["filters"]};
    const Value first = gradient(sum(y * y * y), wrt).values[0];
    return order == 2 ? std::vector{first} : gradient(sum(first * in["filters"]), wrt).values;
  };
  return result;
}

/// The convolution's positions over `length` bases.
SlidingWindow same_pool(const SlidingWindow& window, std::int64_t length, std::int64_t width, std::int64_t stride) {
  return sliding_window(Padding::same, window.output_length(length), width, stride);
}

}  // namespace

void add_onehot_conv1d_pool_cases(std::vector<OperatorCase>& cases) {
  constexpr auto kZeros = UnknownBase::zeros, kQuarters = UnknownBase::quarters;
  const SlidingWindow five{.width = 5}, pool3{.width = 3, .stride = 3};
  cases.push_back(fused("plain", {2, 19}, 3, {five, kZeros, kRelu, pool3}, 0.1, 2));
  cases.push_back(fused("no_activation", {2, 19}, 3, {five, kZeros, std::nullopt, pool3}));
  cases.push_back(fused("rest_dropped", {2, 21}, 3, {five, kZeros, kRelu, {.width = 4, .stride = 4}}));
  cases.push_back(fused("ceil", {2, 21}, 3, {five, kZeros, kRelu, sliding_window(Padding::ceil, 17, 4, 4)}));
  cases.push_back(
      fused("same", {2, 20}, 3,
            {sliding_window(Padding::same, 20, 6), kZeros, kRelu, sliding_window(Padding::same, 20, 4, 3)}));
  cases.push_back(fused("overlapping", {2, 20}, 3, {five, kZeros, kRelu, {.width = 5, .stride = 2}}));
  cases.push_back(fused("with_gaps", {2, 40}, 3, {five, kZeros, kRelu, {.width = 2, .stride = 7}}));
  cases.push_back(
      fused("explicit", {2, 14}, 2, {five, kZeros, kRelu, {.width = 4, .stride = 3, .pad_left = 3, .pad_right = 2}}));
  cases.push_back(fused("quarters", {2, 19}, 3, {five, kQuarters, kRelu, pool3}, 0.3));
  cases.push_back(fused("stride_2", {2, 30}, 3, {{.width = 5, .stride = 2}, kZeros, kRelu, pool3}));
  cases.push_back(fused("dilation_3", {2, 30}, 3, {{.width = 5, .dilation = 3}, kZeros, kRelu, pool3}));
  cases.push_back(fused("pool_of_one", {2, 19}, 3, {five, kZeros, kRelu, {.width = 1}}));
  cases.push_back(fused("pool_of_all", {2, 19}, 3, {five, kZeros, kRelu, {.width = 15, .stride = 15}}));
  cases.push_back(fused("width_1", {2, 19}, 3, {{.width = 1}, kZeros, kRelu, {.width = 2, .stride = 2}}));
  cases.push_back(fused("one_position", {2, 5}, 3, {five, kZeros, kRelu, {.width = 1}}));
  cases.push_back(fused("one_filter", {2, 40}, 1, {five, kZeros, kRelu, pool3}));
  cases.push_back(fused("odd_filters", {2, 45}, 37, {sliding_window(Padding::same, 45, 19), kZeros, kRelu, pool3}));
  cases.push_back(fused("whole_fours", {2, 40}, 12, {five, kZeros, kRelu, pool3}));
  cases.push_back(fused("whole_tiles", {2, 76}, 32,
                        {sliding_window(Padding::same, 76, 16), kZeros, kRelu, {.width = 4, .stride = 4}}, 0, 2));
  const SlidingWindow same40 = sliding_window(Padding::same, 90, 40);
  cases.push_back(fused("wide", {1, 90}, 5, {same40, kZeros, kRelu, same_pool(same40, 90, 8, 8)}));
  cases.push_back(fused("pool_of_256", {1, 300}, 2, {five, kZeros, kRelu, {.width = 256, .stride = 20}}));
  cases.push_back(fused("far_windows", {1, 420}, 4, {five, kZeros, kRelu, {.width = 2, .stride = 40}}, 0.1, 1, false));
  cases.push_back(fused("all_unknown", {2, 19}, 3, {five, kZeros, kRelu, pool3}, 1, 1, false));
  cases.push_back(fused("empty_batch", {0, 19}, 3, {five, kZeros, kRelu, pool3}));
  for (const auto& [kind, alpha] :
       std::vector<std::pair<ActivationKind, double>>{{ActivationKind::sigmoid, 0},
                                                      {ActivationKind::tanh, 0},
                                                      {ActivationKind::thresholded_relu, 0.3},
                                                      {ActivationKind::leaky_relu, 0.1},
                                                      {ActivationKind::softplus, 0},
                                                      {ActivationKind::elu, 0.7},
                                                      {ActivationKind::exp, 0}}) {
    cases.push_back(
        fused(std::string(name_of(kind)), {2, 19}, 3, {five, kZeros, ops::ActivationAttributes{kind, alpha}, pool3}));
  }
  cases.push_back(higher_order("second_order", 2));
  cases.push_back(higher_order("third_order", 3));
}

}  // namespace genocuda::op_test
