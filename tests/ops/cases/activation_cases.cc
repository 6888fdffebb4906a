// SPDX-License-Identifier: Apache-2.0
#include "core/ops/activation.h"

#include <cmath>
#include <limits>

#include "core/ops/arithmetic.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

struct Kind {
  ActivationKind kind;
  double alpha;
  Data data;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {ActivationKind::sigmoid, 0, uniform(-4, 4)},
      {ActivationKind::tanh, 0, uniform(-3, 3)},
      {ActivationKind::relu, 0, uniform_except(-1, 1, 0)},
      {ActivationKind::thresholded_relu, 0.3, uniform_except(-1, 1, 0.3)},
      {ActivationKind::thresholded_relu, -0.4, uniform_except(-1, 1, -0.4)},
      {ActivationKind::leaky_relu, 0.01, uniform_except(-1, 1, 0)},
      {ActivationKind::leaky_relu, 0, uniform_except(-1, 1, 0)},
      {ActivationKind::leaky_relu, -0.5, uniform_except(-1, 1, 0)},
      {ActivationKind::softplus, 0, uniform(-4, 4)},
      {ActivationKind::elu, 1, uniform_except(-3, 3, 0)},
      {ActivationKind::elu, 0.7, uniform_except(-3, 3, 0)},
      {ActivationKind::elu, -0.7, uniform_except(-3, 3, 0)},
      {ActivationKind::gelu, 0, uniform(-4, 4)},
      {ActivationKind::exp, 0, uniform(-2, 2)},
      {ActivationKind::log1p, 0, uniform(-0.8, 4)},
  };
  return all;
}

std::string label(const Kind& kind) {
  return fmt::format("{}{}{:.0f}", name_of(kind.kind), kind.alpha < 0 ? "_minus_" : "_", 100 * std::abs(kind.alpha));
}

OperatorCase elementwise(std::string name, const Kind& kind, const Shape& shape, const Data& data, bool differentiate) {
  return {.name = "activation/" + label(kind) + "/" + name,
          .inputs = {number("x", shape, data)},
          .build = [=](const CaseValues& in) { return std::vector{activation(in["x"], kind.kind, kind.alpha)}; },
          .differentiate = differentiate};
}

/// x is no input here but a value that the planner may overwrite.
OperatorCase in_place(const Kind& kind) {
  return {.name = "activation/" + label(kind) + "/in_place",
          .inputs = {number("x", {3, 7}, kind.data)},
          .build = [=](const CaseValues& in) {
            return std::vector{activation(scale(in["x"], 1), kind.kind, kind.alpha) * in["x"]};
          }};
}

void add_prelu_cases(std::vector<OperatorCase>& cases) {
  const Data data = uniform_except(-1, 1, 0);
  const auto build = [](const CaseValues& in) { return std::vector{prelu(in["x"], in["slope"])}; };
  for (const Shape& shape : {Shape{2, 5, 3}, Shape{4, 3}, Shape{3}, Shape{2, 3, 1}, Shape{0, 3}, Shape{9, 19}}) {
    cases.push_back({.name = "prelu/" + name_of(shape),
                     .inputs = {number("x", shape, data), number("slope", {shape[-1]})},
                     .build = build});
  }
  cases.push_back(
      {.name = "prelu/of_x_alone", .inputs = {number("x", {2, 5, 3}, data), fixed("slope", {3})}, .build = build});
  cases.push_back(
      {.name = "prelu/of_slope_alone", .inputs = {fixed("x", {2, 5, 3}, data), number("slope", {3})}, .build = build});
  cases.push_back({.name = "prelu/in_place",
                   .inputs = {number("x", {2, 5, 3}, data), number("slope", {3})},
                   .build = [](const CaseValues& in) {
                     return std::vector{scale(prelu(scale(in["x"], 2), in["slope"]), 0.5) * in["x"]};
                   }});
}

void add_maxout_cases(std::vector<OperatorCase>& cases) {
  for (const auto& [shape, pieces] : {std::pair{Shape{2, 3, 8}, 2},
                                      {Shape{2, 3, 9}, 3},
                                      {Shape{4, 6}, 6},
                                      {Shape{6}, 3},
                                      {Shape{2, 5}, 1},
                                      {Shape{0, 4}, 2}}) {
    cases.push_back(
        {.name = fmt::format("maxout/{}_pieces_of_{}", pieces, name_of(shape)),
         .inputs = {number("x", shape, distinct())},
         .build = [pieces = pieces](const CaseValues& in) { return std::vector{maxout(in["x"], pieces)}; }});
  }
}

}  // namespace

void add_activation_cases(std::vector<OperatorCase>& cases) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Kind& kind : kinds()) {
    cases.push_back(elementwise("2x3x4", kind, {2, 3, 4}, kind.data, true));
    cases.push_back(elementwise("131", kind, {131}, kind.data, true));
    cases.push_back(elementwise("scalar", kind, {}, kind.data, true));
    cases.push_back(elementwise("empty", kind, {0, 5}, kind.data, true));
    cases.push_back(in_place(kind));
    const bool logarithm = kind.kind == ActivationKind::log1p;
    cases.push_back(elementwise("far_out", kind, {8},
                                logarithm ? exactly({-0.99, 0, 1e-7, -1e-7, 1e-3, 1, 1e4, 1e8})
                                          : exactly({-80, -20, -1e-7, 0, 1e-7, 12, 20, 80}),
                                false));
    cases.push_back(elementwise("nan", kind, {19}, exactly({nan, 0.5, 0.25, nan, 0}), false));
  }
  add_prelu_cases(cases);
  add_maxout_cases(cases);
}

}  // namespace genocuda::op_test
