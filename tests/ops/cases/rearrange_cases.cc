// SPDX-License-Identifier: Apache-2.0
#include "core/ops/rearrange.h"

#include <fmt/format.h>

#include "core/ops/arithmetic.h"
#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

OperatorCase of_one(std::string name, const Shape& shape, std::function<Value(Value)> function) {
  return {.name = std::move(name),
          .inputs = {number("x", shape)},
          .build = [function = std::move(function)](const CaseValues& in) { return std::vector{function(in["x"])}; }};
}

OperatorCase joined(std::string name, const std::vector<Shape>& shapes, int axis) {
  OperatorCase result;
  result.name = "concat/" + name;
  for (std::size_t i = 0; i < shapes.size(); ++i) result.inputs.push_back(number(fmt::format("x{}", i), shapes[i]));
  result.build = [axis, count = shapes.size()](const CaseValues& in) {
    std::vector<Value> parts;
    for (std::size_t i = 0; i < count; ++i) parts.push_back(in[fmt::format("x{}", i)]);
    return std::vector{concat(parts, axis)};
  };
  return result;
}

}  // namespace

void add_rearrange_cases(std::vector<OperatorCase>& cases) {
  cases.push_back(of_one("reshape/split", {2, 6}, [](Value x) { return reshape(x, {2, 3, 2}); }));
  cases.push_back(of_one("reshape/to_scalar", {1, 1}, [](Value x) { return reshape(x, {}); }));
  cases.push_back(of_one("reshape/empty", {0, 4}, [](Value x) { return reshape(x, {2, 0}); }));
  cases.push_back(of_one("flatten/sequences", {2, 3, 4}, [](Value x) { return flatten(x); }));
  cases.push_back(of_one("flatten/vector", {3}, [](Value x) { return flatten(x); }));

  cases.push_back(joined("channels", {{2, 3, 1}, {2, 3, 4}, {2, 3, 2}}, -1));
  cases.push_back(joined("length", {{2, 1, 3}, {2, 4, 3}}, 1));
  cases.push_back(joined("batch", {{1, 3}, {2, 3}}, 0));
  cases.push_back(joined("one_part", {{2, 3}}, 1));
  cases.push_back(joined("empty_part", {{2, 0, 3}, {2, 2, 3}, {2, 0, 3}}, 1));
  cases.push_back(joined("empty_batch", {{0, 2}, {0, 3}}, 1));
  OperatorCase one_differentiable = joined("tangent_of_one_part", {{2, 2}, {2, 3}}, 1);
  one_differentiable.inputs[0].differentiable = false;
  cases.push_back(one_differentiable);
  cases.push_back(of_one("concat/twice_the_same", {2, 3}, [](Value x) { return concat({x, x}, 1); }));

  cases.push_back(of_one("slice/length", {2, 6, 3}, [](Value x) { return slice(x, 1, 2, 3); }));
  cases.push_back(of_one("slice/channels_from_the_end", {2, 3, 5}, [](Value x) { return slice(x, -1, 3, 2); }));
  cases.push_back(of_one("slice/batch", {4, 3}, [](Value x) { return slice(x, 0, 1, 2); }));
  cases.push_back(of_one("slice/whole", {2, 3}, [](Value x) { return slice(x, 1, 0, 3); }));
  cases.push_back(of_one("slice/nothing", {2, 3}, [](Value x) { return slice(x, 1, 3, 0); }));
  cases.push_back(of_one("slice/empty_batch", {0, 5, 2}, [](Value x) { return slice(x, 1, 2, 2); }));
  cases.push_back(of_one("crop/both_ends", {2, 7, 3}, [](Value x) { return crop(x, 2, 1); }));
  cases.push_back(of_one("crop/nothing", {2, 4, 3}, [](Value x) { return crop(x, 0, 0) * 2; }));

  cases.push_back(of_one("pad/length", {2, 3, 2}, [](Value x) { return pad(x, 1, 2, 1); }));
  cases.push_back(of_one("pad/channels", {2, 3}, [](Value x) { return pad(x, -1, 0, 2); }));
  cases.push_back(of_one("pad/batch", {1, 3}, [](Value x) { return pad(x, 0, 1, 0); }));
  cases.push_back(of_one("pad/nothing", {2, 3}, [](Value x) { return pad(x, 1, 0, 0); }));
  cases.push_back(of_one("pad/of_nothing", {2, 0, 3}, [](Value x) { return pad(x, 1, 1, 2); }));
  cases.push_back(of_one("pad/empty_batch", {0, 2}, [](Value x) { return pad(x, 1, 1, 1); }));
}

}  // namespace genocuda::op_test
