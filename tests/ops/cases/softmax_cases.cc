// SPDX-License-Identifier: Apache-2.0
#include "core/ops/softmax.h"

#include <limits>

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {

void add_softmax_cases(std::vector<OperatorCase>& cases) {
  struct Kind {
    std::string name;
    Value (*function)(Value);
  };
  for (const Kind& kind : {Kind{"softmax", softmax}, Kind{"log_softmax", log_softmax}}) {
    const auto add = [&](const std::string& name, const Shape& shape, Data data, bool differentiate = true) {
      cases.push_back({.name = kind.name + "/" + name,
                       .inputs = {number("x", shape, std::move(data))},
                       .build = [kind](const CaseValues& in) { return std::vector{kind.function(in["x"])}; },
                       .differentiate = differentiate});
    };
    for (const Shape& shape :
         {Shape{3, 5}, Shape{2, 3, 4}, Shape{7}, Shape{1, 1}, Shape{4, 1}, Shape{0, 3}, Shape{3, 0}}) {
      add(name_of(shape), shape, uniform(-3, 3));
    }
    add("wide", {2, 100}, uniform(-3, 3));
    cases.back().tolerance = 10;  // of a long sum's difference quotient
    add("equal", {2, 4}, exactly({1.5}));
    // Far beyond what e^x holds, in either direction.
    add("very_large", {2, 3}, exactly({1e38, 0, -1e38, 1e6, 1e6, 999999}), false);
    // A place that is ruled out has weight 0 and changes no other.
    add("minus_infinity", {1, 3}, exactly({-std::numeric_limits<double>::infinity(), 0.5, 1}), false);
    add("not_a_number", {2, 2}, exactly({std::numeric_limits<double>::quiet_NaN(), 0, 1, 2}), false);
  }
}

}  // namespace genocuda::op_test
