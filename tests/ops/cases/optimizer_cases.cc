// SPDX-License-Identifier: Apache-2.0
#include "core/ops/optimizer.h"

#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

OperatorCase step_case(const std::string& name, const OptimizerSettings& settings, double l2, double l1,
                       double gradient_scale = 0.5) {
  const std::vector<Shape> shapes{{3, 2}, {4}, {2, 1, 3}, {0, 2}};
  const std::size_t slots = static_cast<std::size_t>(ops::slot_count(settings));
  OperatorCase result;
  result.name = "optimizer_step/" + name;
  result.differentiate = false;
  result.inputs = {fixed("learning_rate", {}, exactly({0.125})), whole("step", {}, exactly({3})),
                   fixed("gradient_scale", {}, exactly({gradient_scale}))};
  // Parameters, gradients, slots: state that holds squares is never negative, and nowhere near 0, where its root is
  // steep.
  for (std::size_t list = 0; list < 2 + slots; ++list) {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      result.inputs.push_back(fixed(fmt::format("{}_{}", list, i), shapes[i], list < 2 ? uniform() : uniform(0.1, 1)));
    }
  }
  result.build = [settings, l2, l1, names = result.inputs, n = shapes.size()](const CaseValues& in) {
    std::vector<Value> operands;
    for (const CaseInput& input : names) operands.push_back(in[input.name]);
    const ops::OptimizerAttributes attributes{settings, std::vector<double>(n, l2), std::vector<double>(n, l1)};
    return operands.front().graph().apply(ops::kOptimizerStep, attributes, operands);
  };
  return result;
}

OperatorCase max_norm_case(const std::string& name, const Shape& shape, double limit, double gradient_scale = 1) {
  return {.name = "max_norm/" + name,
          .inputs = {fixed("w", shape), fixed("gradient_scale", {}, exactly({gradient_scale}))},
          .build =
              [limit](const CaseValues& in) {
                const Value w = in["w"];
                return w.graph().apply(ops::kMaxNorm, ops::LimitAttributes{limit}, {w, in["gradient_scale"]});
              },
          .differentiate = false};
}

}  // namespace

void add_optimizer_cases(std::vector<OperatorCase>& cases) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  struct Named {
    std::string name;
    OptimizerSettings settings;
  };
  for (const auto& [name, settings] : {
           Named{"sgd", {.kind = OptimizerKind::sgd}},
           Named{"sgd_momentum", {.kind = OptimizerKind::sgd, .momentum = 0.9}},
           Named{"sgd_nesterov", {.kind = OptimizerKind::sgd, .momentum = 0.9, .nesterov = true}},
           Named{"adagrad", {.kind = OptimizerKind::adagrad}},
           Named{"rmsprop", {.kind = OptimizerKind::rmsprop}},
           Named{"rmsprop_momentum", {.kind = OptimizerKind::rmsprop, .momentum = 0.5}},
           Named{"adam", {.kind = OptimizerKind::adam}},
           Named{"adamw", {.kind = OptimizerKind::adamw}},
       }) {
    cases.push_back(step_case(name, settings, 0, 0));
    cases.push_back(step_case(name + "_decay", settings, 0.05, 0.02));
    cases.push_back(step_case(name + "_skipped", settings, 0.05, 0.02, not_a_number));
  }

  cases.push_back({.name = "global_norm/list",
                   .inputs = {fixed("a", {3, 2}), fixed("b", {4}), fixed("c", {}), fixed("d", {0, 3})},
                   .build =
                       [](const CaseValues& in) {
                         return std::vector{global_norm({in["a"], in["b"], in["c"], in["d"]})};
                       },
                   .differentiate = false});
  cases.push_back({.name = "global_norm/infinite",
                   .inputs = {fixed("a", {2}, exactly({1, infinity}))},
                   .build = [](const CaseValues& in) { return std::vector{global_norm({in["a"]})}; },
                   .differentiate = false});
  cases.push_back({.name = "global_norm/long",
                   .inputs = {fixed("a", {300, 70})},
                   .build = [](const CaseValues& in) { return std::vector{global_norm({in["a"]})}; },
                   .differentiate = false});
  for (const auto& [name, norm, limit] :
       {std::tuple{"above", 4.0, 1.0}, std::tuple{"below", 0.5, 1.0}, std::tuple{"at", 1.0, 1.0},
        std::tuple{"no_limit", 4.0, 0.0}, std::tuple{"infinite", infinity, 1.0},
        std::tuple{"nan", not_a_number, 0.0}}) {
    cases.push_back(
        {.name = std::string("clip_scale/") + name,
         .inputs = {fixed("norm", {}, exactly({norm}))},
         .build = [limit = limit](const CaseValues& in) { return std::vector{clip_scale(in["norm"], limit)}; },
         .differentiate = false});
  }
  cases.push_back(max_norm_case("dense", {7, 5}, 1));
  cases.push_back(max_norm_case("filters", {3, 4, 70}, 1.5));
  cases.push_back(max_norm_case("all_within", {3, 2}, 100));
  cases.push_back(max_norm_case("vector", {6}, 0.25));
  cases.push_back(max_norm_case("skipped", {7, 5}, 1, infinity));
  cases.push_back(max_norm_case("empty", {0, 3}, 1));
}

}  // namespace genocuda::op_test
