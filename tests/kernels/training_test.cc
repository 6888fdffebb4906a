// SPDX-License-Identifier: Apache-2.0
// A small network trained on the device of this test program equals one trained on the CPU, dropout included;
// docs/parity.md says why within these tolerances.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "host/cpu_device.h"
#include "tests/kernels/device_array.h"
#include "tests/support/rounding_device.h"
#include "tests/support/small_net.h"

namespace genocuda {
namespace {

using Tensors = std::map<std::string, std::vector<float>>;

constexpr int kSteps = 5;

/// ‖a − b‖ / ‖b‖ over these tensors together.
double distance(const Tensors& a, const Tensors& b) {
  double difference = 0, norm = 0;
  for (const auto& [name, values] : b) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      difference += std::pow(a.at(name)[i] - values[i], 2);
      norm += std::pow(values[i], 2);
    }
  }
  return std::sqrt(difference / norm);
}

/// The tensor that is farthest off, and how far.
std::pair<std::string, double> farthest(const Tensors& a, const Tensors& b) {
  std::pair<std::string, double> result{"", 0};
  for (const auto& [name, values] : b) {
    const double apart = distance({{name, a.at(name)}}, {{name, values}});
    if (!(apart <= result.second)) result = {name, apart};
  }
  return result;
}

struct Parameter {
  const char* name;
  Precision precision;
  SmallNet::FirstLayer first;
  double network;    ///< how far the gradient of all parameters may be from that of the CPU in fp32
  double parameter;  ///< and that of each parameter for itself
};

void PrintTo(const Parameter& parameter, std::ostream* stream) { *stream << parameter.name; }

class Training : public ::testing::TestWithParam<Parameter> {
 protected:
  SmallNet on_device(std::int64_t batch = SmallNet::kBatch) const {
    return {kernel_test::device(), {.precision = GetParam().precision}, GetParam().first, batch};
  }

  std::unique_ptr<Device> cpu_ = make_cpu_device(1), rounding_ = make_rounding_device();
};

void record(const char* key, double value) { ::testing::Test::RecordProperty(key, fmt::format("{:.3g}", value)); }

TEST_P(Training, GradientsAreThoseOfTheCpu) {
  SmallNet actual = on_device();
  SmallNet expected(*cpu_, {.implementations = {{"*", "reference"}}}, GetParam().first);
  actual.run();
  expected.run();
  const double network = distance(actual.gradients(), expected.gradients());
  const auto [name, apart] = farthest(actual.gradients(), expected.gradients());
  EXPECT_LE(network, GetParam().network);
  EXPECT_LE(apart, GetParam().parameter) << name;
  record("gradient_network", network);
  record("gradient_parameter", apart);
}

double rounded_tolerance(Precision precision) { return precision == Precision::tf32 ? 1e-4 : 2e-3; }

class RoundedTraining : public Training {};

// Rounded operands pick other winners of pools and sides of kinks than exact ones: in bf16 that is most of the distance
// from the CPU in fp32. Next to a CPU that rounds alike, what is left is the order of sums, which now and then decides
// a rounding.
TEST_P(RoundedTraining, GradientsAreThoseOfACpuThatRoundsAlike) {
  SmallNet actual = on_device();
  SmallNet expected(*rounding_, rounded_in(GetParam().precision), GetParam().first);
  actual.run();
  expected.run();
  const auto [name, apart] = farthest(actual.gradients(), expected.gradients());
  EXPECT_LE(apart, rounded_tolerance(GetParam().precision)) << name;
  record("gradient_rounded", apart);
}

TEST_P(Training, StepsAreThoseOfTheCpu) {
  SmallNet actual = on_device();
  SmallNet expected(*cpu_, {.implementations = {{"*", "reference"}}}, GetParam().first);
  const Tensors before = expected.variables();
  std::string losses, cpu_losses;  // for whoever reads the report: two curves
  double worst = 0;
  for (int step = 1; step <= kSteps; ++step) {
    actual.run(step);
    expected.run(step);
    worst = std::max(worst, std::abs(actual.loss() / expected.loss() - 1.0));
    losses += fmt::format("{} ", actual.loss());
    cpu_losses += fmt::format("{} ", expected.loss());
  }
  EXPECT_LE(worst, GetParam().network);
  const auto [name, apart] = farthest(actual.variables(), expected.variables());
  EXPECT_LE(apart, GetParam().parameter) << name;
  ASSERT_GT(farthest(before, expected.variables()).second, 1e-3) << "nothing was learned";
  RecordProperty("losses", losses);
  RecordProperty("cpu_losses", cpu_losses);
  record("loss", worst);
}

TEST_P(Training, TwoRunsGiveTheSameBits) {
  SmallNet first = on_device(SmallNet::kSmallBatch), second = on_device(SmallNet::kSmallBatch);
  for (int step = 1; step <= 2; ++step) {
    first.run(step);
    second.run(step);
  }
  EXPECT_EQ(first.numbers(), second.numbers());
  EXPECT_EQ(first.gradients(), second.gradients());
}

using enum SmallNet::FirstLayer;
constexpr Parameter kStrict[] = {{"fp32", Precision::fp32, batch_norm, 5e-6, 5e-6},
                                 {"fp32_fused", Precision::fp32, bias, 5e-6, 5e-6}};
constexpr Parameter kRounded[] = {{"tf32", Precision::tf32, batch_norm, 1e-3, 1e-3},
                                  {"tf32_fused", Precision::tf32, bias, 1e-3, 1e-3},
                                  {"bf16", Precision::bf16, batch_norm, 3e-2, 6e-2},
                                  {"bf16_fused", Precision::bf16, bias, 3e-2, 6e-2}};
const auto name_of_parameter = [](const auto& parameter) { return parameter.param.name; };
INSTANTIATE_TEST_SUITE_P(Strict, Training, ::testing::ValuesIn(kStrict), name_of_parameter);
INSTANTIATE_TEST_SUITE_P(Rounded, Training, ::testing::ValuesIn(kRounded), name_of_parameter);
INSTANTIATE_TEST_SUITE_P(Rounded, RoundedTraining, ::testing::ValuesIn(kRounded), name_of_parameter);

// For docs/parity.md.
TEST(Tolerances, OfTrainingAreReported) {
  const auto report = [](const Parameter& each, double rounded) {
    EXPECT_GE(each.parameter, each.network);
    RecordProperty(each.name, fmt::format("gradient_network={0} gradient_parameter={1} loss={0} gradient_rounded={2}",
                                          each.network, each.parameter, rounded));
  };
  for (const Parameter& each : kStrict) report(each, 0);
  for (const Parameter& each : kRounded) report(each, rounded_tolerance(each.precision));
}

}  // namespace
}  // namespace genocuda
