// SPDX-License-Identifier: Apache-2.0
// A network trained on the device of this test program equals one trained on the CPU, dropout included.
#include <gtest/gtest.h>

#include <cmath>

#include "host/cpu_device.h"
#include "tests/kernels/device_array.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

struct Parameter {
  const char* name;
  Precision precision;
  SmallNet::FirstLayer first;
  double first_step, fifth_step;  ///< tolerances of each variable, by norm. Rounding picks other winners of pools
                                  ///< and sides of kinks; with the steps that grows.
};

class Training : public ::testing::TestWithParam<Parameter> {};

/// ‖a − b‖ / ‖b‖.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference / norm);
}

void expect_close(const SmallNet& actual, const SmallNet& expected, double tolerance) {
  const auto variables = actual.variables();
  for (const auto& [variable, values] : expected.variables()) {
    EXPECT_LT(distance(variables.at(variable), values), tolerance) << variable;
  }
}

TEST_P(Training, EqualsTheCpu) {
  const auto& [name, precision, first, first_step, fifth_step] = GetParam();
  const auto cpu = make_cpu_device(1);
  SmallNet actual(kernel_test::device(), {.precision = precision}, first);
  SmallNet expected(*cpu, {.implementations = {{"*", "reference"}}}, first);
  std::string losses, cpu_losses;  // for whoever reads the report: two curves
  for (std::int32_t step = 1; step <= 5; ++step) {
    actual.run(step);
    expected.run(step);
    const double tolerance = step == 1 ? first_step : fifth_step;
    EXPECT_NEAR(actual.loss(), expected.loss(), tolerance * expected.loss()) << "step " << step;
    losses += std::to_string(actual.loss()) + " ";
    cpu_losses += std::to_string(expected.loss()) + " ";
    if (step == 1) expect_close(actual, expected, first_step);
  }
  expect_close(actual, expected, fifth_step);
  RecordProperty("losses", losses);
  RecordProperty("cpu_losses", cpu_losses);
}

using enum SmallNet::FirstLayer;
INSTANTIATE_TEST_SUITE_P(Precisions, Training,
                         ::testing::Values(Parameter{"fp32", Precision::fp32, batch_norm, 2e-5, 1e-3},
                                           Parameter{"fp32_fused", Precision::fp32, bias, 2e-5, 1e-3},
                                           Parameter{"tf32", Precision::tf32, batch_norm, 2e-3, 2e-2},
                                           Parameter{"bf16", Precision::bf16, batch_norm, 1e-1, 2e-1}),
                         [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace genocuda
