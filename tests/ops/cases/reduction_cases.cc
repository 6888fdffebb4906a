// SPDX-License-Identifier: Apache-2.0
#include "core/ops/reduction.h"

#include <fmt/format.h>

#include "tests/ops/cases/families.h"

namespace genocuda::op_test {

void add_reduction_cases(std::vector<OperatorCase>& cases) {
  struct Axes {
    Shape shape;
    int first, last;
  };
  for (const Axes& axes :
       {Axes{{2, 3, 4}, 0, 3}, Axes{{2, 3, 4}, 0, 2}, Axes{{2, 3, 4}, 1, 2}, Axes{{2, 3, 4}, 2, 3},
        Axes{{2, 2, 3, 2}, 1, 3}, Axes{{3}, 0, 1}, Axes{{1, 1}, 0, 1}, Axes{{2, 3, 130}, 1, 2}, Axes{{500, 3}, 0, 1}}) {
    const std::string name = fmt::format("{}_axes_{}_to_{}", name_of(axes.shape), axes.first, axes.last);
    cases.push_back({.name = "sum/" + name, .inputs = {number("x", axes.shape)}, .build = [axes](const CaseValues& in) {
                       return std::vector{sum(in["x"], axes.first, axes.last)};
                     }});
    cases.push_back(
        {.name = "mean/" + name, .inputs = {number("x", axes.shape)}, .build = [axes](const CaseValues& in) {
           return std::vector{mean(in["x"], axes.first, axes.last)};
         }});
  }
  for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}, Shape{}, Shape{2, 2}}) {
    const std::string name = shape.rank() == 0 ? "scalar" : name_of(shape);
    cases.push_back({.name = "sum/all_of_" + name, .inputs = {number("x", shape)}, .build = [](const CaseValues& in) {
                       return std::vector{sum(in["x"])};
                     }});
  }
  cases.push_back({.name = "mean/all", .inputs = {number("x", {2, 3})}, .build = [](const CaseValues& in) {
                     return std::vector{mean(in["x"])};
                   }});
  cases.push_back({.name = "sum/empty_axis", .inputs = {number("x", {2, 0, 3})}, .build = [](const CaseValues& in) {
                     return std::vector{sum(in["x"], 1, 2)};
                   }});

  struct Repeat {
    Shape shape;
    int first;
    Shape extents;
  };
  for (const Repeat& repeat : {Repeat{{3}, 0, {2, 4}}, Repeat{{3}, 1, {2, 4}}, Repeat{{2, 3}, 1, {4}},
                               Repeat{{}, 0, {2, 3}}, Repeat{{2, 3}, 1, {0}}, Repeat{{0, 3}, 1, {2}}}) {
    cases.push_back({.name = fmt::format("broadcast/{}_of_{}_at_{}", name_of(repeat.extents),
                                         repeat.shape.rank() == 0 ? "scalar" : name_of(repeat.shape), repeat.first),
                     .inputs = {number("x", repeat.shape)},
                     .build = [repeat](const CaseValues& in) {
                       return std::vector{broadcast(in["x"], repeat.first, repeat.extents)};
                     }});
  }
}

}  // namespace genocuda::op_test
