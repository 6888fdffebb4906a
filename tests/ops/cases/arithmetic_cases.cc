// SPDX-License-Identifier: Apache-2.0
#include "core/ops/arithmetic.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

using BinaryFunction = Value (*)(Value, Value);

OperatorCase binary(std::string name, BinaryFunction function, const Shape& shape) {
  return {.name = name + "/" + name_of(shape),
          .inputs = {number("a", shape), number("b", shape)},
          .build = [=](const CaseValues& in) { return std::vector{function(in["a"], in["b"])}; }};
}

/// The same with derivatives along one operand alone.
OperatorCase one_sided(std::string name, BinaryFunction function, bool left) {
  const CaseInput a = left ? number("a", {2, 3}) : fixed("a", {2, 3}),
                  b = left ? fixed("b", {2, 3}) : number("b", {2, 3});
  return {.name = name + (left ? "/of_left_alone" : "/of_right_alone"),
          .inputs = {a, b},
          .build = [=](const CaseValues& in) { return std::vector{function(in["a"], in["b"])}; }};
}

}  // namespace

void add_arithmetic_cases(std::vector<OperatorCase>& cases) {
  const std::pair<const char*, BinaryFunction> functions[] = {
      {"add", add}, {"subtract", subtract}, {"multiply", multiply}};
  for (const auto& [name, function] : functions) {
    for (const Shape& shape : {Shape{2, 3, 4}, Shape{1}, Shape{}, Shape{0, 3}, Shape{67}}) {
      cases.push_back(binary(name, function, shape));
    }
    cases.push_back(one_sided(name, function, true));
    cases.push_back(one_sided(name, function, false));
  }
  cases.push_back({.name = "multiply/square", .inputs = {number("x", {5})}, .build = [](const CaseValues& in) {
                     return std::vector{in["x"] * in["x"]};
                   }});
  cases.push_back({.name = "scale/with_offset", .inputs = {number("x", {2, 3, 4})}, .build = [](const CaseValues& in) {
                     return std::vector{scale(in["x"], -2.5, 0.75)};
                   }});
  cases.push_back({.name = "scale/by_zero", .inputs = {number("x", {3})}, .build = [](const CaseValues& in) {
                     return std::vector{scale(in["x"], 0, 1)};
                   }});
  // A chain whose nodes may all lie in one buffer, and a sum that may not be written over what is still needed.
  cases.push_back({.name = "arithmetic/in_place_chain",
                   .inputs = {number("a", {3, 5}), number("b", {3, 5})},
                   .build = [](const CaseValues& in) {
                     const Value sum = in["a"] + in["b"];
                     const Value twice = scale(sum, 2);
                     return std::vector{(twice + in["b"]) * sum - twice};
                   }});
}

}  // namespace genocuda::op_test
