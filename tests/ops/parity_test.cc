// SPDX-License-Identifier: Apache-2.0
// Every implementation of every device against the reference in double.
#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "tests/ops/case_test.h"
#include "tests/ops/devices.h"
#include "tests/ops/parity.h"

namespace genocuda::op_test {
namespace {

struct Parameter {
  const OperatorCase* operator_case;
  const TestedDevice* device;

  std::string name() const { return device->name + "_" + operator_case->name; }
};

void PrintTo(const Parameter& parameter, std::ostream* stream) { *stream << parameter.name(); }

std::vector<Parameter> parameters() {
  std::vector<Parameter> all;
  for (const TestedDevice& device : tested_devices()) {
    for (const OperatorCase& one : all_cases()) all.push_back({&one, &device});
  }
  return all;
}

class Parity : public ::testing::TestWithParam<Parameter> {};

TEST_P(Parity, EveryImplementationAgreesWithTheReference) {
  const auto& [operator_case, device] = GetParam();
  expect_parity(*operator_case, *device);
}

INSTANTIATE_TEST_SUITE_P(Operators, Parity, ::testing::ValuesIn(parameters()),
                         [](const auto& parameter) { return test_name(parameter.param.name()); });

TEST(OperatorCases, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const OperatorCase& one : all_cases()) EXPECT_TRUE(names.insert(test_name(one.name)).second) << one.name;
}

}  // namespace
}  // namespace genocuda::op_test
