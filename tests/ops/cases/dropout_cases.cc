// SPDX-License-Identifier: Apache-2.0
#include "core/ops/dropout.h"

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {

void add_dropout_cases(std::vector<OperatorCase>& cases) {
  struct Setting {
    std::string name;
    Shape shape;
    double rate;
    int step;
    std::uint64_t seed;
    std::uint32_t layer;
  };
  for (const Setting& setting : {
           Setting{"half", {3, 7}, 0.5, 1, 1, 0},
           Setting{"some", {2, 5, 3}, 0.2, 17, 42, 3},
           Setting{"none", {4, 4}, 0, 5, 7, 1},
           Setting{"nearly_all", {50}, 0.99, 5, 7, 1},
           Setting{"large_numbers", {33}, 0.3, 2147483647, 0xFFFFFFFFFFFFFFFFull, 0xFFFFFFFFu},
           Setting{"one", {1}, 0.4, 1, 1, 1},
           Setting{"scalar", {}, 0.4, 2, 1, 1},
           Setting{"empty", {0, 3}, 0.4, 1, 1, 1},
       }) {
    cases.push_back(
        {.name = "dropout/" + setting.name,
         .inputs = {number("x", setting.shape), whole("step", {}, exactly({static_cast<double>(setting.step)}))},
         .build = [setting](const CaseValues& in) {
           return std::vector{dropout(in["x"], in["step"], setting.rate, setting.seed, setting.layer)};
         }});
  }
}

}  // namespace genocuda::op_test
