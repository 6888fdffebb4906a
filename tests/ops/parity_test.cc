// SPDX-License-Identifier: Apache-2.0
// Every implementation of every device against the reference in double.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
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

// What docs/parity.md states and is held against: "mode=tolerance" of each device, and by how much the cases of a
// family may exceed it.
TEST(Tolerances, AreReported) {
  for (const TestedDevice& device : tested_devices()) {
    std::string modes;
    for (const Mode& mode : device.modes) {
      EXPECT_GT(mode.tolerance, 0);
      modes += fmt::format("{}_{}={} ", name_of(mode.dtype), name_of(mode.precision), mode.tolerance);
    }
    RecordProperty("modes_" + device.name, modes);
  }
  std::map<std::string, double> factors;
  for (const OperatorCase& one : all_cases()) {
    double& factor = factors[family_of(one)];
    factor = std::max(factor, one.tolerance);
  }
  std::string families;
  for (const auto& [family, factor] : factors) families += fmt::format("{}={} ", family, factor);
  RecordProperty("families", families);
}

TEST(OperatorCases, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const OperatorCase& one : all_cases()) EXPECT_TRUE(names.insert(test_name(one.name)).second) << one.name;
}

}  // namespace
}  // namespace genocuda::op_test
