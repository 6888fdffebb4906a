// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/ops/sliding_window.h"
#include "kernels/onehot_conv1d_gradient.h"
#include "tests/kernels/dna_examples.h"

namespace genocuda::kernel_test {
namespace {

struct Convolution {
  std::int64_t filters;
  SlidingWindow window;
  std::optional<SlidingWindow> pool = {};
  bool quarters = false;
};

/// A gradient, dense or of pooled winners, of random numbers.
struct Gradient {
  std::vector<float> values;
  std::vector<std::uint8_t> argmax;
  std::int64_t windows = 0;  ///< or positions
};

std::int64_t positions(const Convolution& conv, const DnaExamples& dna) {
  return conv.window.output_length(dna.length);
}

Gradient random_gradient(const Convolution& conv, const DnaExamples& dna, unsigned seed) {
  std::mt19937 random(seed);
  const std::int64_t length = positions(conv, dna);
  Gradient gradient;
  gradient.windows = conv.pool ? conv.pool->output_length(length) : length;
  gradient.values.resize(dna.batch() * gradient.windows * conv.filters);
  for (auto& value : gradient.values) value = std::normal_distribution<float>()(random);
  if (!conv.pool) return gradient;
  for (std::size_t i = 0; i < gradient.values.size(); ++i) {
    const std::int64_t start =
        static_cast<std::int64_t>(i) / conv.filters % gradient.windows * conv.pool->stride - conv.pool->pad_left;
    const std::int64_t first = std::max<std::int64_t>(0, -start);
    const std::int64_t last = std::min(conv.pool->width, length - start);
    gradient.argmax.push_back(static_cast<std::uint8_t>(first + random() % (last - first)));
  }
  return gradient;
}

std::vector<double> expected(const Convolution& conv, const DnaExamples& dna, const Gradient& gradient) {
  const SlidingWindow& window = conv.window;
  std::vector<double> sums(window.width * 4 * conv.filters);
  for (std::size_t i = 0; i < gradient.values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t f = at % conv.filters, w = at / conv.filters % gradient.windows;
    const Codes& codes = dna.codes[at / conv.filters / gradient.windows];
    const std::int64_t o = conv.pool ? w * conv.pool->stride - conv.pool->pad_left + gradient.argmax[i] : w;
    for (std::int64_t k = 0; k < window.width; ++k) {
      const std::int64_t p = o * window.stride + k * window.dilation - window.pad_left;
      if (p < 0 || p >= dna.length) continue;
      for (int base = 0; base < 4; ++base) {
        const double x = codes[p] == base ? 1 : codes[p] == dna::kUnknown && conv.quarters ? 0.25 : 0;
        sums[(k * 4 + base) * conv.filters + f] += x * gradient.values[i];
      }
    }
  }
  return sums;
}

kernels::OnehotConv1d extents(const Convolution& conv, const DnaExamples& dna) {
  const SlidingWindow& window = conv.window;
  return {dna.batch(),   positions(conv, dna), conv.filters,    window.width,
          window.stride, window.dilation,      window.pad_left, conv.quarters};
}

kernels::GradientWindows windows_of(const Convolution& conv, const DnaExamples& dna) {
  if (!conv.pool) return kernels::dense_windows(extents(conv, dna));
  return {conv.pool->output_length(positions(conv, dna)), conv.pool->width, conv.pool->stride, conv.pool->pad_left};
}

/// How the gradient is made: in float, or on the tensor cores in so many parts.
constexpr int kDirect = 0;
constexpr int kForms[] = {kDirect, 1, 2, 3};

bool takes(int form, const Convolution& conv, const DnaExamples& dna) {
  return form == kDirect || kernels::onehot_filter_gradient_mma_takes(extents(conv, dna), windows_of(conv, dna));
}

/// Of the largest element, for sums of random numbers.
double tolerance(int form) {
  switch (form) {
    case 1:
      return 4e-3;
    case 2:
      return 2e-5;
    default:
      return 1e-6;
  }
}

std::vector<float> computed(int form, const Convolution& conv, const DnaExamples& dna, const Gradient& gradient) {
  const kernels::OnehotConv1d n = extents(conv, dna);
  const DeviceArray<float> values(gradient.values);
  const DeviceArray<std::uint8_t> argmax(gradient.argmax);
  const kernels::OutputGradient of_output{kernels::Storage::f32, values.data(), conv.pool ? argmax.data() : nullptr,
                                          windows_of(conv, dna)};
  const DeviceArray<float> dfilters(conv.window.width * 4 * conv.filters);
  if (form == kDirect) {
    const DeviceArray<std::uint8_t> scratch(kernels::onehot_filter_gradient_scratch(n));
    kernels::onehot_filter_gradient(n, dna.source(), of_output, dfilters.data(), scratch.data(), native_stream());
  } else {
    const DeviceArray<std::uint8_t> scratch(kernels::onehot_filter_gradient_mma_scratch(n, of_output.windows));
    kernels::onehot_filter_gradient_mma(n, dna.source(), of_output, form, dfilters.data(), scratch.data(),
                                        native_stream());
  }
  return dfilters.read();
}

/// The largest error, relative to the largest element.
double error(const std::vector<double>& expected, const std::vector<float>& actual) {
  EXPECT_EQ(expected.size(), actual.size());
  double largest = 0, error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    error = std::max(error, std::isnan(actual[i]) ? HUGE_VAL : std::abs(expected[i] - actual[i]));
  }
  return error == 0 ? 0 : error / largest;
}

void expect_right(const Convolution& conv, const DnaExamples& dna) {
  const Gradient gradient = random_gradient(conv, dna, 3);
  const SlidingWindow pool = conv.pool.value_or(SlidingWindow{});
  const std::vector<double> sums = expected(conv, dna, gradient);
  for (const int form : kForms) {
    if (!takes(form, conv, dna)) continue;
    EXPECT_LE(error(sums, computed(form, conv, dna, gradient)), tolerance(form))
        << fmt::format("form {}: {} x {} bases, {} filters, width {}, stride {}, dilation {}, padded {}, pool {} by {}",
                       form, dna.batch(), dna.length, conv.filters, conv.window.width, conv.window.stride,
                       conv.window.dilation, conv.window.pad_left, pool.width, pool.stride)
        << (conv.quarters ? ", quarters" : "");
  }
}

const SlidingWindow kWindows[] = {
    {.width = 1},
    {.width = 8},
    {.width = 19, .pad_left = 9, .pad_right = 9},
    {.width = 19, .stride = 2, .pad_left = 30, .pad_right = 3},
    {.width = 5, .dilation = 3, .pad_left = 6, .pad_right = 6},
    {.width = 20, .stride = 4, .dilation = 2, .pad_left = 20, .pad_right = 20},
    {.width = 7, .stride = 3, .dilation = 2, .pad_left = 12},
    {.width = 3, .stride = 5, .dilation = 7, .pad_left = 7, .pad_right = 7},
};

TEST(OnehotGradient, FollowsStrideDilationAndPadding) {
  for (const SlidingWindow& window : kWindows) {
    for (const std::int64_t length : {1, 19, 70}) {
      if (length + window.pad_left + window.pad_right < window.span()) continue;
      for (const bool quarters : {false, true}) {
        const Convolution conv{.filters = 3, .window = window, .quarters = quarters};
        expect_right(conv, DnaExamples::rows(2, length, 0.2, 1));
        expect_right(conv, DnaExamples::views(6, length, 0.2, 2));
      }
    }
  }
}

TEST(OnehotGradient, TakesAnyNumberOfFilters) {
  const DnaExamples dna = DnaExamples::rows(2, 45, 0.1, 1);
  for (const std::int64_t filters : {1, 31, 33, 64, 65, 130}) {
    for (const std::int64_t width : {9, 40}) {
      if (width == 40 && filters > 33) continue;  // groups of taps and of filters, without all of their pairs
      Convolution conv{.filters = filters, .window = {.width = width}};
      expect_right(conv, dna);
      conv.pool = SlidingWindow{.width = 3, .stride = 3};
      if (conv.window.output_length(45) >= 3) expect_right(conv, dna);
    }
  }
}

TEST(OnehotGradient, ReadsWholeStepsOfTheLastFiltersAndSharesTapsOut) {
  // 48 windows are three whole steps, 36 filters a group of 32 and fours of another, 25 taps two groups of 16.
  const DnaExamples dna = DnaExamples::rows(2, 48, 0.1, 1);
  Convolution conv{.filters = 36, .window = {.width = 25, .pad_left = 12, .pad_right = 12}};
  expect_right(conv, dna);
  conv.pool = SlidingWindow{.width = 3, .stride = 1, .pad_left = 1, .pad_right = 1};
  expect_right(conv, dna);
}

TEST(OnehotGradient, SpreadsThePooledGradientToItsWinners) {
  const SlidingWindow pools[] = {{.width = 3, .stride = 3},
                                 {.width = 4, .stride = 4, .pad_left = 1, .pad_right = 3},
                                 {.width = 5, .stride = 2, .pad_left = 2},   // overlapping
                                 {.width = 2, .stride = 5, .pad_right = 1},  // with gaps
                                 {.width = 50, .stride = 7, .pad_left = 20, .pad_right = 20}};
  for (const SlidingWindow& pool : pools) {
    for (const SlidingWindow& window : {kWindows[2], kWindows[3], kWindows[4], kWindows[7]}) {
      const Convolution conv{.filters = 37, .window = window, .pool = pool};
      if (window.output_length(150) + pool.pad_left + pool.pad_right < pool.width) continue;
      expect_right(conv, DnaExamples::views(2, 150, 0.1, 2));
    }
  }
}

TEST(OnehotGradient, SumsOverChunksThatEndWithinExamples) {
  const DnaExamples many = DnaExamples::rows(9, 333, 0.05, 1), one = DnaExamples::rows(1, 3000, 0.05, 1);
  Convolution conv{.filters = 5, .window = kWindows[2]};
  expect_right(conv, many);
  expect_right(conv, one);
  conv.pool = SlidingWindow{.width = 5, .stride = 3, .pad_left = 1};  // windows across the chunks' ends
  expect_right(conv, many);
  conv.window.dilation = 2;
  expect_right(conv, one);
}

TEST(OnehotGradient, LongSumsOfOneSignKeepTheirDigits) {
  DnaExamples dna = DnaExamples::rows(40, 500, 0, 1);
  const Convolution conv{.filters = 2, .window = {.width = 1}};
  Gradient gradient = random_gradient(conv, dna, 3);
  for (auto& value : gradient.values) value = 0.1f;
  for (const int form : {kDirect, 3}) {
    EXPECT_LE(error(expected(conv, dna, gradient), computed(form, conv, dna, gradient)), 3e-6) << form;
  }
}

TEST(OnehotGradient, KeepsTheDigitsOfTinyAndOfLargeGradients) {
  const DnaExamples dna = DnaExamples::rows(4, 90, 0.1, 1);
  const Convolution conv{.filters = 36, .window = kWindows[2], .pool = SlidingWindow{.width = 3, .stride = 3}};
  for (const float scale : {1e-30f, 1e-12f, 1e6f, 1e30f}) {
    Gradient gradient = random_gradient(conv, dna, 3);
    for (auto& value : gradient.values) value *= scale;
    for (const int form : kForms) {
      EXPECT_LE(error(expected(conv, dna, gradient), computed(form, conv, dna, gradient)), tolerance(form))
          << "form " << form << ", scale " << scale;
    }
  }
}

TEST(OnehotGradient, IsZeroOfNoExamplesAndOfNoBases) {
  const Convolution conv{.filters = 4, .window = {.width = 3}, .quarters = true};
  expect_right(conv, DnaExamples::rows(0, 9, 0, 1));
  Convolution zeros = conv;
  zeros.quarters = false;
  expect_right(zeros, DnaExamples::rows(2, 9, 1, 1));
  expect_right(conv, DnaExamples::rows(2, 9, 1, 1));
}

TEST(OnehotGradient, OfViewsIsThatOfTheirRows) {
  const DnaExamples views = DnaExamples::views(9, 120, 0.1, 4);
  const Convolution conv{.filters = 40, .window = kWindows[2]};
  const Gradient gradient = random_gradient(conv, views, 3);
  for (const int form : kForms) {
    EXPECT_EQ(computed(form, conv, views, gradient),
              computed(form, conv, DnaExamples::rows(views.codes, 120), gradient));
  }
}

TEST(OnehotGradient, IsTheSameToTheLastBitEveryTime) {
  const DnaExamples dna = DnaExamples::rows(4, 333, 0.05, 1);
  for (const std::optional<SlidingWindow> pool : {std::optional<SlidingWindow>(), {{.width = 5, .stride = 3}}}) {
    const Convolution conv{.filters = 35, .window = kWindows[2], .pool = pool};
    const Gradient gradient = random_gradient(conv, dna, 3);
    for (const int form : kForms) {
      EXPECT_EQ(computed(form, conv, dna, gradient), computed(form, conv, dna, gradient));
    }
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
