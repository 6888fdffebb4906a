// SPDX-License-Identifier: Apache-2.0
#include "core/ops/affine.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

using Activation = std::optional<ops::ActivationAttributes>;

/// The bias keeps sums away from where a piecewise function bends: |A · B| is below it for so few terms.
std::vector<CaseInput> dense_operands(std::int64_t m, std::int64_t k, std::int64_t n, double bias) {
  return {number("a", {m, k}), number("b", {k, n}),
          number("bias", {n}, bias > 0 ? uniform(bias, bias + 1) : uniform(bias - 1, bias))};
}

OperatorCase dense(std::string name, std::int64_t m, std::int64_t k, std::int64_t n, const Activation& activation,
                   double bias = 0) {
  return {
      .name = "dense_activation/" + name, .inputs = dense_operands(m, k, n, bias), .build = [=](const CaseValues& in) {
        return std::vector{dense_activation(in["a"], in["b"], in["bias"], activation)};
      }};
}

OperatorCase convolution(std::string name, std::int64_t batch, std::int64_t length, std::int64_t in, std::int64_t out,
                         const SlidingWindow& window, const Activation& activation, double bias = 0) {
  return {.name = "conv1d_activation/" + name,
          .inputs = {number("x", {batch, length, in}), number("filters", {window.width, in, out}),
                     number("bias", {out}, bias > 0 ? uniform(bias, bias + 1) : uniform(bias - 1, bias))},
          .build = [=](const CaseValues& values) {
            return std::vector{conv1d_activation(values["x"], values["filters"], values["bias"], window, activation)};
          }};
}

}  // namespace

void add_affine_cases(std::vector<OperatorCase>& cases) {
  const auto kind = [](ActivationKind which, double alpha = 0) { return Activation({which, alpha}); };
  // Ramps on both sides of their bend, and functions that are smooth.
  cases.push_back(dense("identity", 4, 5, 3, std::nullopt));
  cases.push_back(dense("relu_above", 4, 5, 3, kind(ActivationKind::relu), 6));
  cases.push_back(dense("relu_below", 4, 5, 3, kind(ActivationKind::relu), -6));
  cases.push_back(dense("leaky_relu_above", 4, 5, 3, kind(ActivationKind::leaky_relu, 0.1), 6));
  cases.push_back(dense("leaky_relu_below", 4, 5, 3, kind(ActivationKind::leaky_relu, 0.1), -6));
  cases.push_back(dense("thresholded_relu_above", 4, 5, 3, kind(ActivationKind::thresholded_relu, 0.5), 6));
  cases.push_back(dense("thresholded_relu_below", 4, 5, 3, kind(ActivationKind::thresholded_relu, 0.5), -6));
  cases.push_back(dense("sigmoid", 4, 5, 3, kind(ActivationKind::sigmoid)));
  cases.push_back(dense("softplus", 4, 5, 3, kind(ActivationKind::softplus)));
  cases.push_back(dense("exp", 4, 5, 3, kind(ActivationKind::exp)));
  cases.push_back(dense("elu", 4, 5, 3, kind(ActivationKind::elu, 1)));
  cases.push_back(dense("empty_batch", 0, 5, 3, kind(ActivationKind::tanh)));
  cases.push_back(dense("empty_sum", 4, 0, 3, kind(ActivationKind::tanh)));
  cases.push_back(dense("many_rows", 19, 6, 17, kind(ActivationKind::tanh)));
  cases.push_back(dense("many_rows_relu", 19, 6, 18, kind(ActivationKind::relu), 7));
  cases.push_back(convolution("identity", 2, 9, 3, 4, {.width = 3}, std::nullopt));
  cases.push_back(
      convolution("relu_above", 2, 9, 1, 4, sliding_window(Padding::same, 9, 4), kind(ActivationKind::relu), 5));
  cases.push_back(
      convolution("relu_below", 2, 9, 1, 4, sliding_window(Padding::same, 9, 4), kind(ActivationKind::relu), -5));
  cases.push_back(
      convolution("tanh_strided", 2, 11, 2, 3, sliding_window(Padding::same, 11, 3, 2, 2), kind(ActivationKind::tanh)));
  cases.push_back(convolution("softplus_wide_vectors", 2, 12, 8, 24, {.width = 3}, kind(ActivationKind::softplus)));
  // Each operand alone, for the rules that tell them apart.
  for (const std::string_view one : {"a", "b", "bias"}) {
    OperatorCase alone = dense(fmt::format("of_{}_alone", one), 4, 5, 3, kind(ActivationKind::tanh));
    for (CaseInput& input : alone.inputs) input.differentiable = input.name == one;
    cases.push_back(std::move(alone));
  }
  for (const std::string_view one : {"x", "filters", "bias"}) {
    OperatorCase alone =
        convolution(fmt::format("of_{}_alone", one), 2, 9, 3, 4, {.width = 3}, kind(ActivationKind::tanh));
    for (CaseInput& input : alone.inputs) input.differentiable = input.name == one;
    cases.push_back(std::move(alone));
  }
}

}  // namespace genocuda::op_test
