// SPDX-License-Identifier: Apache-2.0
// Shapes at random: the reference against the formulas of the headers, every implementation against the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/dna.h"
#include "core/ops/activation.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "core/philox.h"
#include "tests/ops/case_program.h"
#include "tests/ops/devices.h"
#include "tests/ops/parity.h"

namespace genocuda::op_test {
namespace {

constexpr int kTrials = 25;

/// Random sizes, told apart by the subject and the number of the trial.
class Sizes {
 public:
  Sizes(std::uint64_t subject, int trial) : random_(subject, static_cast<std::uint64_t>(trial)) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + random_.below(static_cast<std::uint32_t>(high - low + 1));
  }

 private:
  philox::Generator random_;
};

SlidingWindow random_window(Sizes& sizes, std::int64_t largest_dilation) {
  SlidingWindow window{.width = sizes.between(1, 8), .stride = sizes.between(1, 4)};
  window.dilation = sizes.between(1, largest_dilation);
  if (sizes.between(0, 1) == 1) {
    window.pad_left = sizes.between(0, window.width - 1);
    window.pad_right = sizes.between(0, window.width - 1);
  }
  return window;
}

/// A length that at least one window fits into, and in which each window has a position of the sequence.
std::int64_t random_length(Sizes& sizes, const SlidingWindow& window) {
  return std::max<std::int64_t>(1, window.span() - std::min(window.pad_left, window.pad_right)) + sizes.between(0, 40);
}

void expect_parity_everywhere(const OperatorCase& one) {
  for (const TestedDevice& device : tested_devices()) expect_parity(one, device);
}

/// The outputs of a case by the reference in double.
std::vector<HostTensor> reference(const OperatorCase& one) {
  CaseProgram program(one, oracle(), {.implementation = "reference", .derivatives = false});
  program.run();
  std::vector<HostTensor> outputs;
  for (const std::string& output : program.outputs()) outputs.push_back(program.read(output));
  return outputs;
}

/// Element [b, i, c] of a [batch, length, channels], or `outside` where i lies in the padding.
double at(const HostTensor& x, std::int64_t b, std::int64_t i, std::int64_t c, double outside) {
  const Shape& shape = x.type.shape;
  return i < 0 || i >= shape[1] ? outside : x.values[(b * shape[1] + i) * shape[2] + c];
}

/// Calls formula(b, o, c) for each element of an output [batch, positions, channels].
template <typename Formula>
HostTensor tabulate(const TensorType& type, Formula&& formula) {
  HostTensor result{type, {}};
  for (std::int64_t b = 0; b < type.shape[0]; ++b) {
    for (std::int64_t o = 0; o < type.shape[1]; ++o) {
      for (std::int64_t c = 0; c < type.shape[2]; ++c) result.values.push_back(formula(b, o, c));
    }
  }
  return result;
}

TEST(Property, Conv1d) {
  for (int trial = 0; trial < kTrials; ++trial) {
    Sizes sizes(1, trial);
    const SlidingWindow window = random_window(sizes, 3);
    const std::int64_t length = random_length(sizes, window), in_channels = sizes.between(1, 20);
    const OperatorCase one{
        .name = fmt::format("property/conv1d_{}", trial),
        .inputs = {number("x", {sizes.between(1, 3), length, in_channels}),
                   number("filters", {window.width, in_channels, sizes.between(1, 40)})},
        .build = [=](const CaseValues& in) { return std::vector{conv1d(in["x"], in["filters"], window)}; }};
    const HostTensor x = make_data(one, one.inputs[0], DType::f64), w = make_data(one, one.inputs[1], DType::f64);
    const HostTensor y = reference(one)[0];
    const HostTensor expected = tabulate(y.type, [&](std::int64_t b, std::int64_t o, std::int64_t f) {
      double sum = 0;
      for (std::int64_t k = 0; k < window.width; ++k) {
        for (std::int64_t c = 0; c < in_channels; ++c) {
          const std::int64_t i = o * window.stride - window.pad_left + k * window.dilation;
          sum += at(x, b, i, c, 0) * w.values[(k * in_channels + c) * w.type.shape[2] + f];
        }
      }
      return sum;
    });
    EXPECT_EQ(difference(expected, y, 1e-13), "") << one.name;
    expect_parity_everywhere(one);
  }
}

TEST(Property, Pools) {
  for (int trial = 0; trial < kTrials; ++trial) {
    Sizes sizes(2, trial);
    const SlidingWindow window = random_window(sizes, 1);
    const Shape shape{sizes.between(1, 3), random_length(sizes, window), sizes.between(1, 40)};
    const OperatorCase one{.name = fmt::format("property/pool_{}", trial),
                           .inputs = {number("x", shape, distinct())},
                           .build = [=](const CaseValues& in) {
                             return std::vector{max_pool1d(in["x"], window), avg_pool1d(in["x"], window)};
                           }};
    const HostTensor x = make_data(one, one.inputs[0], DType::f64);
    const std::vector<HostTensor> y = reference(one);
    const auto elements = [&](std::int64_t b, std::int64_t o, std::int64_t c) {
      std::vector<double> values;
      for (std::int64_t k = 0; k < window.width; ++k) {
        const std::int64_t i = o * window.stride - window.pad_left + k;
        if (i >= 0 && i < shape[1]) values.push_back(at(x, b, i, c, 0));
      }
      return values;
    };
    const HostTensor largest = tabulate(
        y[0].type, [&](std::int64_t b, std::int64_t o, std::int64_t c) { return std::ranges::max(elements(b, o, c)); });
    const HostTensor mean = tabulate(y[1].type, [&](std::int64_t b, std::int64_t o, std::int64_t c) {
      const std::vector<double> values = elements(b, o, c);
      return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    });
    EXPECT_EQ(difference(largest, y[0], 0), "") << one.name;
    EXPECT_EQ(difference(mean, y[1], 1e-14), "") << one.name;
    expect_parity_everywhere(one);
  }
}

TEST(Property, OneHotConvolutionIsTheConvolutionOfOneHot) {
  for (int trial = 0; trial < kTrials; ++trial) {
    Sizes sizes(3, trial);
    const SlidingWindow window = random_window(sizes, 3);
    const UnknownBase unknown = sizes.between(0, 1) == 0 ? UnknownBase::zeros : UnknownBase::quarters;
    const OperatorCase one{.name = fmt::format("property/onehot_conv1d_{}", trial),
                           .inputs = {bases("dna", {sizes.between(1, 4), random_length(sizes, window)}, 0.05),
                                      number("filters", {window.width, dna::kBases, sizes.between(1, 70)})},
                           .build = [=](const CaseValues& in) {
                             return std::vector{onehot_conv1d(in["dna"], in["filters"], window, unknown),
                                                conv1d(one_hot(in["dna"], in.dtype(), unknown), in["filters"], window)};
                           }};
    const std::vector<HostTensor> y = reference(one);
    EXPECT_EQ(difference(y[1], y[0], 1e-14), "") << one.name;
    expect_parity_everywhere(one);
  }
}

TEST(Property, Matmul) {
  for (int trial = 0; trial < kTrials; ++trial) {
    Sizes sizes(4, trial);
    const std::int64_t m = sizes.between(1, 40), k = sizes.between(1, 70), n = sizes.between(1, 70);
    const bool transpose_a = sizes.between(0, 1) == 1, transpose_b = sizes.between(0, 1) == 1;
    const OperatorCase one{
        .name = fmt::format("property/matmul_{}", trial),
        .inputs = {number("a", transpose_a ? Shape{k, m} : Shape{m, k}),
                   number("b", transpose_b ? Shape{n, k} : Shape{k, n})},
        .build = [=](const CaseValues& in) { return std::vector{matmul(in["a"], in["b"], transpose_a, transpose_b)}; }};
    const HostTensor a = make_data(one, one.inputs[0], DType::f64), b = make_data(one, one.inputs[1], DType::f64);
    const HostTensor y = reference(one)[0];
    HostTensor expected{y.type, {}};
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::int64_t l = 0; l < k; ++l) {
          sum += a.values[transpose_a ? l * m + i : i * k + l] * b.values[transpose_b ? j * k + l : l * n + j];
        }
        expected.values.push_back(sum);
      }
    }
    EXPECT_EQ(difference(expected, y, 1e-13), "") << one.name;
    expect_parity_everywhere(one);
  }
}

// Large enough that work is split between threads and into blocks, and that several rounds of each are run.
TEST(Property, SizesOfRealNetworks) {
  const SlidingWindow first = sliding_window(Padding::same, 600, 15),
                      second = sliding_window(Padding::same, 150, 5, 1, 4);
  const OperatorCase large[] = {
      {.name = "large/onehot_conv1d",
       .inputs = {bases("dna", {4, 600}, 0.01), number("filters", {15, dna::kBases, 96})},
       .build =
           [=](const CaseValues& in) {
             return std::vector{onehot_conv1d(in["dna"], in["filters"], first, UnknownBase::zeros)};
           }},
      {.name = "large/conv1d",
       .inputs = {number("x", {4, 150, 96}), number("filters", {5, 96, 96})},
       .build = [=](const CaseValues& in) { return std::vector{conv1d(in["x"], in["filters"], second)}; }},
      {.name = "large/pools",
       .inputs = {number("x", {4, 600, 96}, integers(-1000, 1000))},
       .build =
           [](const CaseValues& in) {
             const SlidingWindow window = sliding_window(Padding::ceil, 600, 7, 7);
             return std::vector{max_pool1d(in["x"], window), avg_pool1d(in["x"], window)};
           }},
      {.name = "large/activations",
       .inputs = {number("x", {4, 600, 96}, uniform(-4, 4)), number("bias", {96}), number("slope", {96})},
       .build =
           [](const CaseValues& in) {
             const Value x = add_bias(in["x"], in["bias"]);
             return std::vector{relu(x), sigmoid(x), gelu(x), prelu(x, in["slope"])};
           },
       .tolerance = 4},
      {.name = "large/matmul",
       .inputs = {number("a", {128, 1000}), number("b", {1000, 64})},
       .build = [](const CaseValues& in) { return std::vector{matmul(in["a"], in["b"])}; }},
  };
  for (const OperatorCase& one : large) expect_parity_everywhere(one);
}

// A small network with everything in a row: implementations also have to get along in one arena.
TEST(Property, Networks) {
  for (int trial = 0; trial < kTrials / 3; ++trial) {
    Sizes sizes(5, trial);
    const SlidingWindow first{.width = sizes.between(1, 7)}, second{.width = sizes.between(1, 3), .dilation = 2};
    const std::int64_t filters = sizes.between(1, 33), more = sizes.between(1, 33);
    const SlidingWindow pool{.width = 2, .stride = 2};
    const OperatorCase one{
        .name = fmt::format("property/network_{}", trial),
        .inputs = {bases("dna", {sizes.between(1, 4), sizes.between(20, 60)}),
                   number("w1", {first.width, dna::kBases, filters}), number("b1", {filters}),
                   number("w2", {second.width, filters, more}), number("b2", {more}), number("w3", {more, 2})},
        .build =
            [=](const CaseValues& in) {
              const Value one_hots = one_hot(both_strands(in["dna"]), in.dtype());
              const Value h1 = softplus(add_bias(conv1d(one_hots, in["w1"], first), in["b1"]));
              const Value h2 = tanh(add_bias(conv1d(avg_pool1d(h1, pool), in["w2"], second), in["b2"]));
              return std::vector{dense(global_mean_pool1d(h2), in["w3"])};
            },
        .tolerance = 10};
    expect_parity_everywhere(one);
  }
}

}  // namespace
}  // namespace genocuda::op_test
