// SPDX-License-Identifier: Apache-2.0
#include "core/ops/loss.h"

#include <limits>

#include <fmt/format.h>

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Targets of a kind that make sense for it.
Data targets(LossKind kind) {
  switch (kind) {
    case LossKind::bce_with_logits:
      return integers(0, 1);
    case LossKind::mse:
      return uniform();
    case LossKind::softmax_cross_entropy:
      return uniform(0, 1);
    case LossKind::poisson:
    case LossKind::multinomial_nll:
      return integers(0, 4);
  }
  return {};
}

struct Setting {
  LossKind kind;
  LossDivisor divisor;
};

OperatorCase make_case(const std::string& name, Setting setting, const Shape& shape, Data prediction, Data target,
                       Data weights) {
  const Shape weight_shape = is_per_row(setting.kind) ? Shape{shape[0]} : shape;
  const std::string_view divisor = setting.divisor == LossDivisor::weights ? "weights" : "examples";
  return {.name = fmt::format("loss/{}_by_{}_{}", name_of(setting.kind), divisor, name),
          .inputs = {number("prediction", shape, std::move(prediction)), fixed("target", shape, std::move(target)),
                     fixed("weights", weight_shape, std::move(weights))},
          .build = [setting](const CaseValues& in) {
            return std::vector{loss(setting.kind, in["prediction"], in["target"], in["weights"], setting.divisor).loss};
          }};
}

void add_kind(std::vector<OperatorCase>& cases, Setting setting) {
  const Data plain = uniform(-2, 2), target = targets(setting.kind), ones = exactly({1});
  const auto add = [&](const std::string& name, const Shape& shape, const Data& p, const Data& t, const Data& w) {
    cases.push_back(make_case(name, setting, shape, p, t, w));
  };
  add("plain", {4, 3}, plain, target, ones);
  add("weighted", {4, 3}, plain, target, uniform(0.2, 2));
  add("zero_and_negative_weights", {4, 3}, plain, target, exactly({0, 0.5, -1, 2, 1, 0, 0.25}));
  add("labels_missing", {4, 3}, plain, exactly({1, 0, 0, kMissing, 1, 0, 0, 1, 2, 3, kMissing}), ones);
  add("all_labels_missing", {2, 3}, plain, exactly({kMissing}), ones);
  add("all_weights_zero", {2, 3}, plain, target, exactly({0}));
  add("one_number", {1, 1}, plain, target, ones);
  add("one_example", {1, 5}, plain, target, ones);
  add("zero_targets", {2, 3}, plain, exactly({0}), ones);
  add("no_examples", {0, 3}, plain, target, ones);
  add("no_tasks", {2, 0}, plain, target, ones);
  // A sum of many slopes of both signs: what is left is small beside what rounding took.
  add("many", {20, 9}, plain, target, uniform(0, 1));
  cases.back().tolerance = 10;
  if (setting.kind != LossKind::poisson) {
    // e^1000 is no number in any type, but none of these losses needs it.
    OperatorCase large = make_case("very_large", setting, {2, 3}, exactly({1000, -1000, 3, -500, 800, 0}),
                                   exactly({1, 0, 1, 0, 1, 0}), ones);
    large.differentiate = false;
    cases.push_back(large);
  }
  // What does not count may be anything.
  OperatorCase unread = make_case("what_does_not_count_is_not_finite", setting, {2, 2},
                                  exactly({kMissing, std::numeric_limits<double>::infinity(), 0.5, -0.25}),
                                  exactly({kMissing, 0, 1, 0}), exactly({0, 0, 1, 1}));
  if (is_per_row(setting.kind)) unread.inputs[2].data = exactly({0, 1});
  unread.differentiate = false;
  cases.push_back(unread);
}

}  // namespace

void add_loss_cases(std::vector<OperatorCase>& cases) {
  for (const LossKind kind : {LossKind::bce_with_logits, LossKind::mse, LossKind::poisson,
                              LossKind::softmax_cross_entropy, LossKind::multinomial_nll}) {
    for (const LossDivisor divisor : {LossDivisor::weights, LossDivisor::examples}) add_kind(cases, {kind, divisor});
  }
  cases.push_back({.name = "loss/divisor",
                   .inputs = {fixed("prediction", {3, 2}), fixed("target", {3, 2}), fixed("weights", {3, 2})},
                   .build =
                       [](const CaseValues& in) {
                         const auto of = [&](LossDivisor divisor) {
                           return loss(LossKind::mse, in["prediction"], in["target"], in["weights"], divisor).divisor;
                         };
                         return std::vector{of(LossDivisor::weights), of(LossDivisor::examples)};
                       },
                   .differentiate = false});
}

}  // namespace genocuda::op_test
