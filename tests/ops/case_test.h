// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>
#include <vector>

#include "tests/ops/operator_case.h"

namespace genocuda::op_test {

inline std::vector<const OperatorCase*> cases_with_derivatives() {
  std::vector<const OperatorCase*> cases;
  for (const OperatorCase& one : all_cases()) {
    if (one.differentiate && std::ranges::any_of(one.inputs, &CaseInput::differentiable)) cases.push_back(&one);
  }
  return cases;
}

/// GoogleTest allows letters, digits and underscores alone.
inline std::string test_name(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char letter) { return !std::isalnum(letter); }, '_');
  return name;
}

/// What GoogleTest prints of a parameter, and ctest of a test.
inline void PrintTo(const OperatorCase* one, std::ostream* stream) { *stream << one->name; }

struct CaseName {
  std::string operator()(const ::testing::TestParamInfo<const OperatorCase*>& info) const {
    return test_name(info.param->name);
  }
};

}  // namespace genocuda::op_test
