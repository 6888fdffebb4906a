// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

#include "kernels/norm.h"
#include "tests/kernels/device_array.h"
#include "tests/kernels/numbers.h"

namespace genocuda::kernel_test {
namespace {

using kernels::OptimizerRule;

constexpr float kRate = 0.125F, kScale = 0.5F;
constexpr std::int32_t kStep = 3;

/// A parameter with gradient and state, on the host and on the device from `offset` elements past an aligned address.
struct Parameter {
  std::vector<float> lists[4];  ///< parameter, gradient, two slots
  std::vector<DeviceArray<float>> arrays;
  std::size_t offset;

  Parameter(std::size_t elements, std::size_t offset_of_arrays, std::uint32_t seed) : offset(offset_of_arrays) {
    for (std::uint32_t k = 0; k < 4; ++k) {
      lists[k] = numbers(elements, k < 2 ? -1.0F : 0.1F, 1, 4 * seed + k);
      std::vector<float> shifted = lists[k];
      shifted.insert(shifted.begin(), offset, 7.0F);
      arrays.emplace_back(shifted);
    }
  }
  float* data(int list) const { return arrays[static_cast<std::size_t>(list)].data() + offset; }
  std::vector<float> read(int list) const {
    const std::vector<float> values = arrays[static_cast<std::size_t>(list)].read();
    for (std::size_t i = 0; i < offset; ++i) EXPECT_EQ(values[i], 7.0F);
    return {values.begin() + static_cast<std::ptrdiff_t>(offset), values.end()};
  }
  /// Results take the place of what they follow from.
  kernels::TrainedTensor in_place() const {
    return {.elements = static_cast<std::int64_t>(lists[0].size()),
            .gradient = data(1),
            .parameter = data(0),
            .new_parameter = data(0),
            .slots = {data(2), data(3)},
            .new_slots = {data(2), data(3)},
            .l2 = 0.05F,
            .l1 = 0.02F};
  }
};

/// More tensors than three launches take, of all sorts of sizes.
std::vector<Parameter> parameters(std::size_t offset) {
  std::vector<Parameter> result;
  for (std::uint32_t k = 0; k < 150; ++k) {
    const std::size_t sizes[] = {1, 0, 5, 256, 4099, 3};
    result.emplace_back(k == 70 ? 20'001 : sizes[k % 6], offset, k);
  }
  return result;
}

void step(const OptimizerRule& rule, const std::vector<Parameter>& list, float scale) {
  const DeviceArray<float> rate(std::vector<float>{kRate}), gradient_scale(std::vector<float>{scale});
  const DeviceArray<std::int32_t> number(std::vector<std::int32_t>{kStep});
  kernels::OptimizerStep optimizer(rule, rate.data(), number.data(), gradient_scale.data(), native_stream());
  for (const Parameter& parameter : list) optimizer.add(parameter.in_place());
  optimizer.finish();
}

TEST(OptimizerStep, StepsManyTensorsInPlaceWhereverTheyLie) {
  const OptimizerRule rule{.kind = OptimizerRule::Kind::adamw,
                           .nesterov = false,
                           .momentum = 0,
                           .decay = 0,
                           .beta1 = 0.9,
                           .beta2 = 0.999,
                           .epsilon = 1e-8};
  const std::vector<Parameter> aligned = parameters(0), misaligned = parameters(1);
  step(rule, aligned, kScale);
  step(rule, misaligned, kScale);
  for (std::size_t k = 0; k < aligned.size(); ++k) {
    const Parameter& p = aligned[k];
    std::vector<double> expected[3];
    for (std::size_t i = 0; i < p.lists[0].size(); ++i) {
      const double shrunk = p.lists[0][i] * (1 - kRate * 0.05);
      const double gradient = kScale * p.lists[1][i] + 0.02 * ((shrunk > 0) - (shrunk < 0));
      expected[1].push_back(0.9 * p.lists[2][i] + 0.1 * gradient);
      expected[2].push_back(0.999 * p.lists[3][i] + 0.001 * gradient * gradient);
      const double m = expected[1].back() / (1 - std::pow(0.9, kStep)),
                   v = expected[2].back() / (1 - std::pow(0.999, kStep));
      expected[0].push_back(shrunk - kRate * m / (std::sqrt(v) + 1e-8));
    }
    for (const int list : {0, 2, 3}) {
      ASSERT_LE(error(p.read(list), expected[list == 0 ? 0 : list - 1]), 1e-6) << k << ", list " << list;
      ASSERT_EQ(p.read(list), misaligned[k].read(list)) << k;
    }
    ASSERT_EQ(p.read(1), p.lists[1]) << "gradients are no outputs";
  }
}

TEST(OptimizerStep, ChangesNothingWhereTheScaleIsNotFinite) {
  OptimizerRule rule{.kind = OptimizerRule::Kind::rmsprop,
                     .nesterov = false,
                     .momentum = 0.5,
                     .decay = 0.99,
                     .beta1 = 0,
                     .beta2 = 0,
                     .epsilon = 1e-8};
  EXPECT_EQ(rule.slots(), 2);
  const std::vector<Parameter> list = parameters(0);
  for (const float scale : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    step(rule, list, scale);
    for (const Parameter& parameter : list) {
      for (int k = 0; k < 4; ++k) ASSERT_EQ(parameter.read(k), parameter.lists[k]);
    }
  }
}

TEST(GlobalNorm, TakesManyTensorsAndSquaresThatFloatsCannotHold) {
  std::vector<DeviceArray<float>> arrays;
  std::vector<std::size_t> offsets;
  double squares = 0;
  std::int64_t partials = 0;
  for (std::uint32_t k = 0; k < 250; ++k) {
    const std::size_t elements = k == 100 ? 70'001 : k % 9 * 11;
    const std::vector<float> values = numbers(elements + 1, -3e30F, 2e30F, k);
    offsets.push_back(k % 3 == 0 ? 1 : 0);
    for (std::size_t i = 0; i < elements; ++i) {
      const double value = values[offsets.back() + i];
      squares += value * value;
    }
    arrays.emplace_back(values);
    partials += kernels::GlobalNorm::partials(static_cast<std::int64_t>(elements));
  }
  const auto norm_of = [&] {
    const DeviceArray<double> scratch(static_cast<std::size_t>(partials));
    const DeviceArray<float> result(1);
    kernels::GlobalNorm norm(scratch.data(), native_stream());
    for (std::size_t k = 0; k < arrays.size(); ++k) {
      norm.add(arrays[k].data() + offsets[k], static_cast<std::int64_t>(arrays[k].size()) - 1);
    }
    norm.finish(result.data());
    return result.read()[0];
  };
  EXPECT_NEAR(norm_of() / std::sqrt(squares), 1, 1e-7);
  EXPECT_EQ(norm_of(), norm_of());
}

TEST(MaxNorm, RescalesUnitsOfManyInputs) {
  for (const std::int64_t units : {3, 8, 70}) {
    for (const std::size_t offset : {0, 1}) {
      constexpr std::int64_t kInputs = 9001;
      std::vector<float> w = numbers(offset + static_cast<std::size_t>(kInputs * units));
      for (std::size_t i = offset; i < w.size(); ++i) w[i] *= (i - offset) % units == 1 ? 0.1F : 1.0F;  // one within
      std::vector<double> squares(static_cast<std::size_t>(units)), expected;
      for (std::size_t i = offset; i < w.size(); ++i) squares[(i - offset) % units] += static_cast<double>(w[i]) * w[i];
      constexpr double kLimit = 20;
      for (std::size_t i = offset; i < w.size(); ++i) {
        expected.push_back(w[i] * std::min(1.0, kLimit / std::sqrt(squares[(i - offset) % units])));
      }
      ASSERT_LT(std::sqrt(squares[1]), kLimit);
      const DeviceArray<float> array(w), scale(std::vector<float>{1});
      const DeviceArray<std::byte> scratch(kernels::max_norm_scratch(kInputs, units));
      kernels::max_norm(kInputs, units, kLimit, array.data() + offset, scale.data(), array.data() + offset,
                        scratch.data(), native_stream());
      const std::vector<float> result = array.read();
      EXPECT_LE(error(std::vector<float>(result.begin() + static_cast<std::ptrdiff_t>(offset), result.end()), expected),
                1e-6);
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
