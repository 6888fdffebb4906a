// SPDX-License-Identifier: Apache-2.0
#include "core/ops/batch_norm.h"

#include "core/ops/arithmetic.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

/// An operand with one number a channel: of the type under test, or in f32 beside x in bf16.
enum class Channels { like_x, wide };

Value of_channels(const CaseValues& in, std::string_view name, Channels channels) {
  const bool widen = channels == Channels::wide && in.dtype() == DType::bf16;
  return widen ? cast(in[name], DType::f32) : in[name];
}

OperatorCase training(std::string name, const Shape& shape, Data x = uniform(-2, 3), double epsilon = 1e-5,
                      Channels wide = Channels::like_x) {
  const Shape channels{shape[-1]};
  return {.name = "batch_norm/" + name,
          .inputs = {number("x", shape, std::move(x)), number("gamma", channels), number("beta", channels)},
          .build = [epsilon, wide](const CaseValues& in) {
            const Value gamma = of_channels(in, "gamma", wide), beta = of_channels(in, "beta", wide);
            return std::vector{batch_norm(in["x"], gamma, beta, epsilon).y};
          }};
}

OperatorCase inference(std::string name, const Shape& shape, Channels wide = Channels::like_x) {
  const Shape channels{shape[-1]};
  return {
      .name = "batch_norm_inference/" + name,
      .inputs = {number("x", shape), number("gamma", channels), number("beta", channels), fixed("mean", channels),
                 fixed("variance", channels, uniform(0.1, 2))},
      .build = [wide](const CaseValues& in) {
        return std::vector{batch_norm_inference(in["x"], of_channels(in, "gamma", wide), of_channels(in, "beta", wide),
                                                of_channels(in, "mean", wide), of_channels(in, "variance", wide))};
      }};
}

}  // namespace

void add_batch_norm_cases(std::vector<OperatorCase>& cases) {
  for (const Shape& shape : {Shape{6, 3}, Shape{2, 5, 3}, Shape{1, 7, 2}, Shape{4, 1, 1}, Shape{2, 2, 2, 2}}) {
    cases.push_back(training(name_of(shape), shape));
  }
  cases.push_back(training("large_epsilon", {3, 4, 2}, uniform(), 0.5));
  cases.push_back(training("more_channels_than_a_tile", {3, 2, 130}));
  cases.push_back(training("no_channels", {3, 0}));
  // A mean of 100.5 in single precision is off by up to 4e-6, a hundred-thousandth of the standard deviation.
  OperatorCase far = training("far_from_zero", {4, 8, 3}, uniform(100, 101));
  far.tolerance = 50;
  cases.push_back(far);
  // The statistics of one row: variance 0, y = beta, and nothing flows back to x. The finite differences of a constant
  // function drown in the 1 / sqrt(epsilon) = 316 that rounding is multiplied with.
  OperatorCase one_row = training("one_row", {1, 1, 4});
  one_row.differentiate = false;
  cases.push_back(one_row);
  OperatorCase constant = training("variance_zero", {3, 4, 2}, exactly({2.5, -7}));
  constant.differentiate = false;
  cases.push_back(constant);
  cases.push_back({.name = "batch_norm/statistics",
                   .inputs = {number("x", {3, 4, 2}, uniform(-1, 4)), number("gamma", {2}), number("beta", {2})},
                   .build =
                       [](const CaseValues& in) {
                         const BatchNormResult result = batch_norm(in["x"], in["gamma"], in["beta"]);
                         return std::vector{result.y, result.mean, result.variance};
                       },
                   .differentiate = false});
  for (const char* alone : {"gamma", "beta"}) {
    OperatorCase one = training(std::string("of_") + alone + "_alone", {2, 3, 2});
    for (CaseInput& input : one.inputs) input.differentiable = input.name == alone;
    cases.push_back(one);
  }

  cases.push_back(training("wide_channels", {2, 5, 6}, uniform(-2, 3), 1e-5, Channels::wide));
  cases.push_back(inference("wide_channels", {2, 3, 6}, Channels::wide));

  for (const Shape& shape : {Shape{5, 3}, Shape{2, 3, 4}, Shape{1, 1, 1}, Shape{0, 3}, Shape{2, 3, 70}}) {
    cases.push_back(inference(name_of(shape), shape));
  }
}

}  // namespace genocuda::op_test
