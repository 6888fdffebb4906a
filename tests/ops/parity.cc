// SPDX-License-Identifier: Apache-2.0
#include "tests/ops/parity.h"

#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include <algorithm>

#include "tests/ops/case_program.h"

namespace genocuda::op_test {
namespace {

/// Returns the largest relative error of what agrees.
double expect_parity(const OperatorCase& operator_case, const TestedDevice& device, const Mode& mode) {
  CaseProgram expected(operator_case, oracle(), {.data = mode.dtype, .implementation = "reference"});
  expected.run();

  double worst = 0;
  std::vector<std::string> implementations{""};
  for (std::size_t i = 0; i < implementations.size(); ++i) {
    const std::string implementation = implementations[i];
    CaseProgram actual(operator_case, device.get(),
                       {.dtype = mode.dtype, .precision = mode.precision, .implementation = implementation});
    if (i == 0) {
      for (const std::string& name : actual.implementations()) implementations.push_back(name);
    }
    actual.run();
    for (const std::string& output : expected.outputs()) {
      // The loss is the scaffold of the derivatives, a sum of both signs: what cancels in it is no operator's fault.
      if (output == "loss") continue;
      const HostTensor right = expected.read(output), tested = actual.read(output);
      const std::string unlike = difference(right, tested, mode.tolerance * operator_case.tolerance);
      if (unlike.empty()) worst = std::max(worst, relative_error(right, tested));
      EXPECT_EQ(unlike, "") << operator_case.name << ": " << output << " in " << name_of(mode.dtype) << ", precision "
                            << name_of(mode.precision) << ", preferring '" << implementation << "':\n"
                            << fmt::format("{}", fmt::join(actual.schedule(), "\n"));
    }
  }
  return worst;
}

}  // namespace

void expect_parity(const OperatorCase& operator_case, const TestedDevice& device) {
  const auto schedule = [&](const Mode& mode) {
    return CaseProgram(operator_case, device.get(), {.dtype = mode.dtype, .precision = mode.precision}).schedule();
  };
  // For reports: how near what passed was.
  ::testing::Test::RecordProperty("device", device.name);
  ::testing::Test::RecordProperty("family", family_of(operator_case));
  const Mode& first = device.modes.front();
  for (const Mode& mode : device.modes) {
    const bool further = &mode != &first;
    if (further && !CaseProgram::supported(operator_case, device.get(), mode.dtype, mode.precision)) continue;
    if (further && mode.dtype == first.dtype && schedule(mode) == schedule(first)) continue;
    const double worst = expect_parity(operator_case, device, mode);
    ::testing::Test::RecordProperty(fmt::format("error_{}_{}", name_of(mode.dtype), name_of(mode.precision)),
                                    fmt::format("{:.3g}", worst));
  }
}

}  // namespace genocuda::op_test
