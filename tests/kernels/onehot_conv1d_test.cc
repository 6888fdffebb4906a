// SPDX-License-Identifier: Apache-2.0
// The convolution over one-hot DNA, alone and with bias, activation and pool: every form against sums in double, over
// packed rows and over views into a genome.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/ops/sliding_window.h"
#include "kernels/onehot_conv1d_pool.h"
#include "tests/kernels/dna_examples.h"

namespace genocuda::kernel_test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Layer {
  std::int64_t filters;
  SlidingWindow window;
  std::optional<SlidingWindow> pool = {};
  bool quarters = false;
};

enum class Form { direct, bf16, split };
constexpr Form kForms[] = {Form::direct, Form::bf16, Form::split};

/// Of the largest number of a filter.
double tolerance(Form form) { return form == Form::bf16 ? 1e-2 : 2e-6; }

std::int64_t positions(const Layer& layer, const DnaExamples& dna) { return layer.window.output_length(dna.length); }

kernels::OnehotConv1d convolution(const Layer& layer, const DnaExamples& dna) {
  const SlidingWindow& window = layer.window;
  return {dna.batch(),   positions(layer, dna), layer.filters,   window.width,
          window.stride, window.dilation,       window.pad_left, layer.quarters};
}

kernels::OnehotPool pool_of(const Layer& layer, const DnaExamples& dna) {
  const SlidingWindow& pool = *layer.pool;
  return {.windows = pool.output_length(positions(layer, dna)),
          .width = pool.width,
          .stride = pool.stride,
          .pad_left = pool.pad_left,
          .activated = true,
          .activation = {kernels::ActivationKind::leaky_relu, 0.25f}};
}

bool takes(Form form, const Layer& layer, const DnaExamples& dna) {
  if (form == Form::direct) return true;
  const kernels::OnehotConv1d conv = convolution(layer, dna);
  return layer.pool ? kernels::onehot_pool_mma_takes(conv, pool_of(layer, dna)) : kernels::onehot_mma_takes(conv);
}

std::vector<float> random_filters(const Layer& layer, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> filters(layer.window.width * 4 * layer.filters);
  for (float& weight : filters) weight = std::normal_distribution<float>()(random);
  return filters;
}

std::vector<float> biases(const Layer& layer) {
  std::vector<float> bias;
  for (std::int64_t f = 0; f < layer.filters; ++f) bias.push_back(static_cast<float>(f % 5) - 2);
  return bias;
}

/// y, and where the layer has a pool the winners.
struct Result {
  std::vector<float> y;
  std::vector<std::uint8_t> argmax;
};

Result computed(Form form, const Layer& layer, const DnaExamples& dna, const std::vector<float>& weights) {
  const kernels::OnehotConv1d conv = convolution(layer, dna);
  const auto storage = kernels::Storage::f32;
  const auto filter_form = form == Form::bf16 ? kernels::FilterForm::bf16 : kernels::FilterForm::split;
  const DeviceArray<float> filters(weights), bias(biases(layer));
  const std::int64_t outputs = layer.pool ? pool_of(layer, dna).windows : conv.positions;
  const DeviceArray<float> y(dna.batch() * outputs * layer.filters);
  const DeviceArray<std::uint8_t> argmax(layer.pool ? y.size() : 0);
  const DeviceArray<std::uint8_t> scratch(form == Form::direct ? 0 : kernels::onehot_mma_scratch(conv, filter_form));
  if (layer.pool && form == Form::direct) {
    kernels::onehot_conv1d_pool(conv, pool_of(layer, dna), dna.source(), storage, filters.data(), bias.data(), y.data(),
                                argmax.data(), native_stream());
  } else if (layer.pool) {
    kernels::onehot_conv1d_pool_mma(conv, pool_of(layer, dna), dna.source(), filter_form, storage, filters.data(),
                                    bias.data(), y.data(), argmax.data(), scratch.data(), native_stream());
  } else if (form == Form::direct) {
    kernels::onehot_conv1d(conv, dna.source(), storage, filters.data(), y.data(), native_stream());
  } else {
    kernels::onehot_conv1d_mma(conv, dna.source(), filter_form, storage, filters.data(), y.data(), scratch.data(),
                               native_stream());
  }
  return {y.read(), argmax.read()};
}

/// The convolution of example b at position p with filter f.
double sum_at(const Layer& layer, const DnaExamples& dna, const std::vector<float>& weights, std::int64_t b,
              std::int64_t p, std::int64_t f) {
  const SlidingWindow& window = layer.window;
  double sum = 0;
  for (std::int64_t k = 0; k < window.width; ++k) {
    const std::int64_t at = p * window.stride + k * window.dilation - window.pad_left;
    if (at < 0 || at >= dna.length) continue;
    const std::uint8_t code = dna.codes[b][at];
    for (int base = 0; base < 4; ++base) {
      const double weight = weights[(k * 4 + base) * layer.filters + f];
      if (code == base) sum += weight;
      if (code == dna::kUnknown && layer.quarters) sum += 0.25 * weight;
    }
  }
  return sum;
}

std::string described(Form form, const Layer& layer, const DnaExamples& dna) {
  const SlidingWindow &window = layer.window, pool = layer.pool.value_or(SlidingWindow{});
  return fmt::format("form {}: {} x {} bases, {} filters, width {}, stride {}, dilation {}, padded {}, pool {} by {}{}",
                     static_cast<int>(form), dna.batch(), dna.length, layer.filters, window.width, window.stride,
                     window.dilation, window.pad_left, pool.width, pool.stride, layer.quarters ? ", quarters" : "");
}

/// Holds each filter's numbers against its own largest: filters may differ by powers of ten.
void expect_right(const Layer& layer, const DnaExamples& dna, const std::vector<float>& weights) {
  const std::int64_t length = positions(layer, dna);
  const SlidingWindow pool = layer.pool.value_or(SlidingWindow{});
  const std::int64_t outputs = pool.output_length(length);
  const std::vector<float> bias = biases(layer);
  for (const Form form : kForms) {
    if (!takes(form, layer, dna)) continue;
    const Result actual = computed(form, layer, dna, weights);
    for (std::int64_t f = 0; f < layer.filters; ++f) {
      double largest = layer.pool ? 1 : 1e-44, worst = 0;
      for (std::int64_t b = 0; b < dna.batch(); ++b) {
        for (std::int64_t o = 0; o < outputs; ++o) {
          const std::int64_t i = (b * outputs + o) * layer.filters + f;
          std::vector<double> sums;
          const std::int64_t start = o * pool.stride - pool.pad_left, first = std::max<std::int64_t>(0, -start);
          for (std::int64_t k = first; k < pool.width && start + k < length; ++k) {
            sums.push_back(sum_at(layer, dna, weights, b, start + k, f));
          }
          double expected = *std::ranges::max_element(sums), error = 0;
          for (const double sum : sums) largest = std::max(largest, std::abs(sum));
          if (layer.pool) {
            // Of sums that differ by less than rounding errors any may win.
            const std::int64_t winner = actual.argmax[i] - first;
            ASSERT_GE(winner, 0) << described(form, layer, dna);
            ASSERT_LT(winner, std::ssize(sums)) << described(form, layer, dna);
            error = expected - sums[winner];
            expected += bias[f];
            if (expected <= 0) expected *= 0.25;
          }
          error = std::max(error, std::abs(expected - actual.y[i]));
          worst = std::max(worst, std::isnan(error) ? kInfinity : error);
        }
      }
      ASSERT_LE(worst, tolerance(form) * largest) << described(form, layer, dna) << ", filter " << f;
    }
  }
}

void expect_right(const Layer& layer, const DnaExamples& dna) { expect_right(layer, dna, random_filters(layer, 5)); }

const SlidingWindow kWindows[] = {
    {.width = 1},
    {.width = 8},
    {.width = 19, .pad_left = 9, .pad_right = 9},
    {.width = 16, .pad_left = 40, .pad_right = 40},
    {.width = 33, .pad_left = 16, .pad_right = 16},
    {.width = 64, .pad_left = 32, .pad_right = 32},
    {.width = 90, .pad_left = 45, .pad_right = 45},
    {.width = 19, .stride = 2, .pad_left = 30, .pad_right = 3},
    {.width = 5, .dilation = 3, .pad_left = 6, .pad_right = 6},
    {.width = 7, .stride = 3, .dilation = 2, .pad_left = 12},
};

TEST(OnehotConv1d, FollowsStrideDilationAndPadding) {
  for (const SlidingWindow& window : kWindows) {
    for (const std::int64_t length : {1, 19, 70}) {
      if (length + window.pad_left + window.pad_right < window.span()) continue;
      for (const bool quarters : {false, true}) {
        const Layer layer{.filters = 5, .window = window, .quarters = quarters};
        expect_right(layer, DnaExamples::rows(2, length, 0.2, 1));
        expect_right(layer, DnaExamples::views(6, length, 0.2, 2));
      }
    }
  }
}

TEST(OnehotConv1d, TakesAnyNumberOfFilters) {
  const DnaExamples dna = DnaExamples::rows(2, 45, 0.1, 1);
  for (const std::int64_t filters : {1, 4, 30, 32, 33, 36, 64, 100}) {
    expect_right({.filters = filters, .window = kWindows[2]}, dna);
    expect_right({.filters = filters, .window = kWindows[2], .pool = SlidingWindow{.width = 3, .stride = 3}}, dna);
  }
}

TEST(OnehotConv1d, CutsLongSequencesIntoRuns) {
  for (const std::int64_t length : {513, 1500}) {
    const DnaExamples rows = DnaExamples::rows(2, length, 0.05, 1), views = DnaExamples::views(3, length, 0.05, 2);
    for (const DnaExamples& dna : {rows, views}) {
      expect_right({.filters = 3, .window = kWindows[2]}, dna);
      expect_right({.filters = 3, .window = kWindows[2], .pool = SlidingWindow{.width = 3, .stride = 3}}, dna);
      expect_right({.filters = 3, .window = kWindows[2], .pool = SlidingWindow{.width = 4, .stride = 1}}, dna);
    }
  }
}

TEST(OnehotConv1d, PoolsAsAPoolDoes) {
  const SlidingWindow pools[] = {{.width = 1},
                                 {.width = 2, .stride = 2},
                                 {.width = 3, .stride = 3, .pad_right = 2},  // a partial window at the end
                                 {.width = 4, .stride = 4, .pad_left = 1, .pad_right = 3},
                                 {.width = 5, .stride = 2, .pad_left = 2},  // overlapping
                                 {.width = 6, .stride = 6},
                                 {.width = 2, .stride = 5, .pad_right = 1},  // with gaps
                                 {.width = 9, .stride = 9, .pad_left = 8},
                                 {.width = 50, .stride = 7, .pad_left = 20, .pad_right = 20},
                                 {.width = 2, .stride = 1100}};  // further than planes of many windows reach
  for (const SlidingWindow& pool : pools) {
    for (const SlidingWindow& window : {kWindows[2], kWindows[5], kWindows[7]}) {
      const Layer layer{.filters = 6, .window = window, .pool = pool};
      if (window.output_length(150) + pool.pad_left + pool.pad_right < pool.width) continue;
      expect_right(layer, DnaExamples::rows(3, 150, 0.1, 1));
    }
    const Layer layer{.filters = 6, .window = kWindows[2], .pool = pool};
    expect_right(layer, DnaExamples::views(3, 150, 0.1, 2));
  }
  expect_right({.filters = 2, .window = {.width = 3}, .pool = SlidingWindow{.width = 3, .stride = 1000}},
               DnaExamples::rows(1, 30000, 0.1, 1));
}

/// The two ends of a view that leaves its contig, and N, are zeros to both.
TEST(OnehotConv1d, OfAViewIsThatOfTheSequenceCutOut) {
  for (const std::int64_t length : {31, 64, 200}) {
    const DnaExamples views = DnaExamples::views(12, length, 0.1, 3), rows = DnaExamples::rows(views.codes, length);
    for (const std::optional<SlidingWindow>& pool :
         {std::optional<SlidingWindow>{}, std::optional(SlidingWindow{.width = 4, .stride = 4, .pad_right = 3})}) {
      const Layer layer{.filters = 34, .window = kWindows[2], .pool = pool};
      const std::vector<float> weights = random_filters(layer, 7);
      for (const Form form : kForms) {
        const Result a = computed(form, layer, views, weights), b = computed(form, layer, rows, weights);
        EXPECT_EQ(a.y, b.y) << described(form, layer, views);
        EXPECT_EQ(a.argmax, b.argmax) << described(form, layer, views);
      }
    }
  }
}

TEST(OnehotConv1d, KeepsTheAccuracyOfFloatForFiltersOfAnyMagnitude) {
  const DnaExamples dna = DnaExamples::rows(2, 60, 0.1, 1);
  const Layer layer{.filters = 40, .window = kWindows[2]};
  std::vector<float> weights = random_filters(layer, 7);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto f = static_cast<int>(i % layer.filters);
    weights[i] = std::ldexp(weights[i], f < 30 ? 8 * f - 120 : f < 35 ? -135 : 120);
    if (f == 39) weights[i] = 0;
  }
  for (const Form form : {Form::direct, Form::split}) {
    const std::vector<float> y = computed(form, layer, dna, weights).y;
    for (std::int64_t f = 0; f < layer.filters; ++f) {
      double largest = 0, worst = 0;
      for (std::int64_t p = 0; p < 60; ++p) {
        const double expected = sum_at(layer, dna, weights, 1, p, f);
        largest = std::max(largest, std::abs(expected));
        worst = std::max(worst, std::abs(expected - y[(60 + p) * layer.filters + f]));
      }
      EXPECT_LE(worst, 1e-6 * largest + 2e-45 * 19) << "form " << static_cast<int>(form) << ", filter " << f;
    }
  }
}

TEST(OnehotConv1d, InfinityAndNanReachOnlyTheSumsThatLookAtThem) {
  const DnaExamples dna = DnaExamples::rows(2, 60, 0.1, 1);
  constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  for (const std::optional<SlidingWindow>& pool :
       {std::optional<SlidingWindow>{}, std::optional(SlidingWindow{.width = 3, .stride = 3, .pad_left = 1})}) {
    const Layer layer{.filters = 35, .window = kWindows[2], .pool = pool};
    std::vector<float> weights = random_filters(layer, 7);
    for (float& weight : weights) weight = std::round(weight * 8);  // exact in every form
    weights[(5 * 4 + 2) * layer.filters + 3] = kInf;
    weights[(9 * 4 + 0) * layer.filters + 3] = -kInf;
    weights[(2 * 4 + 1) * layer.filters + 20] = kNan;
    weights[(18 * 4 + 3) * layer.filters + 34] = -kInf;
    const Result expected = computed(Form::direct, layer, dna, weights);
    EXPECT_TRUE(std::ranges::any_of(expected.y, [](float value) { return std::isnan(value); }));
    for (const Form form : {Form::bf16, Form::split}) {
      const Result actual = computed(form, layer, dna, weights);
      ASSERT_EQ(actual.y.size(), expected.y.size());
      for (std::size_t i = 0; i < expected.y.size(); ++i) {
        const bool both_nan = std::isnan(expected.y[i]) && std::isnan(actual.y[i]);
        ASSERT_TRUE(both_nan || expected.y[i] == actual.y[i]) << i << ": " << actual.y[i] << " for " << expected.y[i];
      }
      EXPECT_EQ(actual.argmax, expected.argmax);
    }
  }
}

TEST(OnehotConv1d, ReadsAndWritesBf16) {
  const DnaExamples dna = DnaExamples::views(3, 70, 0.1, 1);
  const Layer layer{.filters = 36, .window = kWindows[2]};
  std::vector<float> weights = random_filters(layer, 7);
  std::vector<std::uint16_t> halves;
  for (float& weight : weights) {
    weight = std::round(weight * 4) / 4;  // what bf16 holds, and sums of
    halves.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(weight) >> 16));
  }
  std::vector<std::uint16_t> expected;
  for (const float value : computed(Form::direct, layer, dna, weights).y) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    ASSERT_EQ(bits & 0xffffu, 0u);
    expected.push_back(static_cast<std::uint16_t>(bits >> 16));
  }
  const kernels::OnehotConv1d conv = convolution(layer, dna);
  const DeviceArray<std::uint16_t> filters(halves);
  const auto storage = kernels::Storage::bf16;
  {
    const DeviceArray<std::uint16_t> y(expected.size());
    kernels::onehot_conv1d(conv, dna.source(), storage, filters.data(), y.data(), native_stream());
    EXPECT_EQ(y.read(), expected);
  }
  for (const auto form : {kernels::FilterForm::bf16, kernels::FilterForm::split}) {
    const DeviceArray<std::uint16_t> y(expected.size());
    const DeviceArray<std::uint8_t> scratch(kernels::onehot_mma_scratch(conv, form));
    kernels::onehot_conv1d_mma(conv, dna.source(), form, storage, filters.data(), y.data(), scratch.data(),
                               native_stream());
    EXPECT_EQ(y.read(), expected);
  }
}

TEST(OnehotConv1d, NothingIsLaunchedForNoSequencesOrNoFilters) {
  for (const Form form : kForms) {
    const DnaExamples none = DnaExamples::rows(0, 30, 0, 1), two = DnaExamples::rows(2, 30, 0, 1);
    const SlidingWindow pool{.width = 3, .stride = 3};
    for (const Layer& layer : {Layer{3, kWindows[1]}, Layer{3, kWindows[1], pool}}) {
      EXPECT_TRUE(computed(form, layer, none, random_filters(layer, 1)).y.empty());
    }
    for (const Layer& layer : {Layer{0, kWindows[1]}, Layer{0, kWindows[1], pool}}) {
      EXPECT_TRUE(computed(form, layer, two, {}).y.empty());
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
