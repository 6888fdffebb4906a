// SPDX-License-Identifier: Apache-2.0
#include "core/ops/matmul.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {
namespace {

OperatorCase product(std::string name, std::int64_t m, std::int64_t k, std::int64_t n, bool transpose_a = false,
                     bool transpose_b = false) {
  const Shape a = transpose_a ? Shape{k, m} : Shape{m, k}, b = transpose_b ? Shape{n, k} : Shape{k, n};
  return {.name = "matmul/" + name, .inputs = {number("a", a), number("b", b)}, .build = [=](const CaseValues& in) {
            return std::vector{matmul(in["a"], in["b"], transpose_a, transpose_b)};
          }};
}

}  // namespace

void add_matmul_cases(std::vector<OperatorCase>& cases) {
  cases.push_back(product("plain", 4, 5, 3));
  cases.push_back(product("left_transposed", 4, 5, 3, true));
  cases.push_back(product("right_transposed", 4, 5, 3, false, true));
  cases.push_back(product("both_transposed", 4, 5, 3, true, true));
  cases.push_back(product("one_by_one", 1, 1, 1));
  cases.push_back(product("one_row", 1, 7, 9));
  cases.push_back(product("one_column", 9, 7, 1));
  cases.push_back(product("inner_product", 1, 33, 1));
  cases.push_back(product("odd_sizes", 17, 31, 13));
  cases.push_back(product("empty_batch", 0, 5, 3));
  cases.push_back(product("empty_sum", 4, 0, 3));
  cases.push_back({.name = "dense/rows",
                   .inputs = {number("x", {3, 4}), number("weights", {4, 2})},
                   .build = [](const CaseValues& in) { return std::vector{dense(in["x"], in["weights"])}; }});
  cases.push_back({.name = "dense/positions",
                   .inputs = {number("x", {2, 3, 4}), number("weights", {4, 5})},
                   .build = [](const CaseValues& in) { return std::vector{dense(in["x"], in["weights"])}; }});
  cases.push_back({.name = "dense/vector",
                   .inputs = {number("x", {4}), number("weights", {4, 5})},
                   .build = [](const CaseValues& in) { return std::vector{dense(in["x"], in["weights"])}; }});
  for (const Shape& shape : {Shape{5}, Shape{3, 5}, Shape{2, 3, 5}, Shape{1, 1, 1}, Shape{0, 3}}) {
    cases.push_back({.name = fmt::format("add_bias/{}", name_of(shape)),
                     .inputs = {number("x", shape), number("bias", {shape[-1]})},
                     .build = [](const CaseValues& in) { return std::vector{add_bias(in["x"], in["bias"])}; }});
  }
  // Each operand alone, for the rules that tell them apart.
  cases.push_back({.name = "add_bias/of_bias_alone",
                   .inputs = {fixed("x", {2, 3, 4}), number("bias", {4})},
                   .build = [](const CaseValues& in) { return std::vector{add_bias(in["x"], in["bias"])}; }});
  cases.push_back({.name = "matmul/of_right_alone",
                   .inputs = {fixed("a", {4, 5}), number("b", {5, 3})},
                   .build = [](const CaseValues& in) { return std::vector{matmul(in["a"], in["b"])}; }});
}

}  // namespace genocuda::op_test
