// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/parity.h"

#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include "tests/ops/case_program.h"

namespace genocuda::op_test {

void expect_parity(const OperatorCase& operator_case, const TestedDevice& device, DType dtype, Precision precision) {
  CaseProgram expected(operator_case, oracle(), {.implementation = "reference"});
  expected.run();

  std::vector<std::string> implementations{""};
  for (std::size_t i = 0; i < implementations.size(); ++i) {
    const std::string implementation = implementations[i];
    CaseProgram actual(operator_case, device.get(),
                       {.dtype = dtype, .precision = precision, .implementation = implementation});
    if (i == 0) {
      for (const std::string& name : actual.implementations()) implementations.push_back(name);
    }
    actual.run();
    const double tolerance = tolerance_of(device.name, implementation, dtype, precision) * operator_case.tolerance;
    for (const std::string& output : expected.outputs()) {
      // The loss is the scaffold of the derivatives, a sum of both signs: what cancels in it is no operator's fault.
      if (output == "loss") continue;
      EXPECT_EQ(difference(expected.read(output), actual.read(output), tolerance), "")
          << operator_case.name << ": " << output << " in " << name_of(dtype) << ", preferring '" << implementation
          << "':\n"
          << fmt::format("{}", fmt::join(actual.schedule(), "\n"));
    }
  }
}

}  // namespace genocuda::op_test
