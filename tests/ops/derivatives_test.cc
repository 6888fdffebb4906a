// SPDX-License-Identifier: Apache-2.0
// Both modes of differentiation against central differences in double, and against each other.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/ops/case_program.h"
#include "tests/ops/case_test.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

constexpr double kStep = 1e-4;
constexpr double kTolerance = 1e-9;

/// f′(0) from five points: off by h⁴ |f⁗′| / 30 and about 1e-16 |f| / h.
template <typename Function>
double derivative_at_zero(Function&& f) {
  return (8 * (f(kStep) - f(-kStep)) - (f(2 * kStep) - f(-2 * kStep))) / (12 * kStep);
}

/// `program` runs with `tensor` as the input of that name; the old data is put back.
template <typename Read>
auto run_with(CaseProgram& program, const std::string& name, const HostTensor& tensor, Read&& read) {
  const HostTensor before = program.input(name);
  program.write(name, tensor);
  program.run();
  auto result = read();
  program.write(name, before);
  return result;
}

/// Where an input is moved: everywhere, or, as each place costs four runs, at equal distances in a large one.
std::vector<std::size_t> probed_places(const HostTensor& x) {
  constexpr std::size_t kMost = 100;
  const std::size_t step = x.values.size() / kMost + 1;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < x.values.size(); i += step) places.push_back(i);
  return places;
}

/// d loss / d x[i] for each of `places`.
HostTensor numeric_gradient(CaseProgram& program, const std::string& name, const std::vector<std::size_t>& places) {
  const HostTensor x = program.input(name);
  const auto loss_at = [&](std::size_t i, double step) {
    HostTensor moved = x;
    moved.values[i] += step;
    return run_with(program, name, moved, [&] { return program.read("loss").values[0]; });
  };
  HostTensor result{{DType::f64, {static_cast<std::int64_t>(places.size())}}, {}};
  for (const std::size_t i : places) {
    result.values.push_back(derivative_at_zero([&](double step) { return loss_at(i, step); }));
  }
  return result;
}

void expect_reverse_mode(CaseProgram& program, double tolerance) {
  for (const std::string& name : program.differentiated()) {
    const std::vector<std::size_t> places = probed_places(program.input(name));
    const HostTensor expected = numeric_gradient(program, name, places);
    program.run();
    const HostTensor gradient = program.read("gradient/" + name);
    HostTensor actual{expected.type, {}};
    for (const std::size_t i : places) actual.values.push_back(gradient.values[i]);
    EXPECT_EQ(difference(expected, actual, tolerance), "") << "gradient of " << name;
  }
}

/// The outputs with every input moved along its direction.
std::vector<HostTensor> outputs_at(CaseProgram& program, double step) {
  std::map<std::string, HostTensor> before;
  for (const std::string& name : program.differentiated()) {
    HostTensor moved = before[name] = program.input(name);
    const HostTensor& direction = program.input("direction/" + name);
    for (std::size_t i = 0; i < moved.values.size(); ++i) moved.values[i] += step * direction.values[i];
    program.write(name, moved);
  }
  program.run();
  std::vector<HostTensor> outputs;
  for (const std::string& output : program.floating_outputs()) outputs.push_back(program.read(output));
  for (const auto& [name, tensor] : before) program.write(name, tensor);
  return outputs;
}

void expect_forward_mode(CaseProgram& program, double tolerance) {
  std::map<double, std::vector<HostTensor>> moved;
  for (const double step : {kStep, -kStep, 2 * kStep, -2 * kStep}) moved[step] = outputs_at(program, step);
  program.run();
  for (std::size_t j = 0; j < program.floating_outputs().size(); ++j) {
    const std::string& output = program.floating_outputs()[j];
    HostTensor expected = program.read(output);
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      expected.values[i] = derivative_at_zero([&](double step) { return moved.at(step)[j].values[i]; });
    }
    EXPECT_EQ(difference(expected, program.read("tangent/" + output), tolerance), "") << "tangent of " << output;
  }
}

/// ⟨w, J t⟩ = ⟨Jᵀ w, t⟩ to rounding: sharper than any difference quotient.
void expect_agreement(CaseProgram& program) {
  program.run();
  double forward = 0, reverse = 0, scale = 1e-3;
  for (const std::string& output : program.floating_outputs()) {
    const double term = inner_product(program.input("cotangent/" + output), program.read("tangent/" + output));
    forward += term;
    scale += std::abs(term);
  }
  for (const std::string& input : program.differentiated()) {
    const double term = inner_product(program.read("gradient/" + input), program.input("direction/" + input));
    reverse += term;
    scale += std::abs(term);
  }
  EXPECT_NEAR(forward, reverse, 1e-12 * scale);
}

class Derivatives : public ::testing::TestWithParam<const OperatorCase*> {};

TEST_P(Derivatives, AgreeWithDifferenceQuotientsAndEachOther) {
  CaseProgram program(*GetParam(), oracle(), {.implementation = "reference"});
  ASSERT_TRUE(program.has_derivatives());
  expect_reverse_mode(program, kTolerance * GetParam()->tolerance);
  expect_forward_mode(program, kTolerance * GetParam()->tolerance);
  expect_agreement(program);
}

INSTANTIATE_TEST_SUITE_P(Operators, Derivatives, ::testing::ValuesIn(cases_with_derivatives()), CaseName());

}  // namespace
}  // namespace genocuda::op_test
