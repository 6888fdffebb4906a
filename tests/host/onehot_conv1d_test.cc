// SPDX-License-Identifier: Apache-2.0
// The first layer's tables of words, at sizes where there are several blocks of filters, strips of positions and parts
// of the batch. Whole numbers make all sums exact, so that results are compared bit by bit.
#include <gtest/gtest.h>

#include <random>

#include "core/dna.h"
#include "core/executable.h"
#include "core/ops/one_hot.h"
#include "host/cpu_device.h"
#include "host/fast/tap_words.h"

namespace genocuda {
namespace {

struct Case {
  std::int64_t batch, length, channels;
  SlidingWindow window;
  UnknownBase unknown = UnknownBase::zeros;

  std::int64_t out_length() const { return window.output_length(length); }
  TensorType dna() const { return {DType::dna, {batch, length}}; }
  TensorType filters() const { return {DType::f32, {window.width, dna::kBases, channels}}; }
  TensorType y() const { return {DType::f32, {batch, out_length(), channels}}; }
};

std::vector<std::uint32_t> sequences(const Case& one) {
  std::mt19937 random(3);
  const std::int64_t words = dna::row_words(one.length);
  std::vector<std::uint32_t> result(static_cast<std::size_t>(one.batch * words));
  for (std::int64_t b = 0; b < one.batch; ++b) {
    for (std::int64_t i = 0; i < one.length; ++i) {
      const bool unknown = random() % 64 == 0;
      dna::set(result.data() + b * words, one.length, i,
               unknown ? dna::kUnknown : static_cast<std::uint8_t>(random() % dna::kBases));
    }
  }
  return result;
}

/// Multiples of 4, so that quarters are whole, too.
std::vector<float> whole_numbers(const TensorType& type, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> result(static_cast<std::size_t>(type.shape.elements()));
  for (float& value : result) value = 4.0f * (static_cast<float>(random() % 9) - 4.0f);
  return result;
}

struct Results {
  std::vector<float> y, dfilters;
};

/// The convolution with `filters`, and its filter gradient for `dy`.
Results run(const Case& one, std::span<const std::uint32_t> dna, std::span<const float> filters,
            std::span<const float> dy, int threads, const std::string& implementation = "direct") {
  const auto device = make_cpu_device(threads);
  VariableStore variables(*device);
  Graph graph;
  const Value bases = graph.input("dna", one.dna());
  graph.output("y", onehot_conv1d(bases, graph.input("filters", one.filters()), one.window, one.unknown));
  graph.output("dfilters",
               graph
                   .apply(ops::kOnehotConv1dBackwardFilters, ops::OnehotConv1dAttributes{one.window, one.unknown},
                          {bases, graph.input("dy", one.y())})
                   .front());
  Executable executable(graph, variables, {.implementations = {{"*", implementation}}});
  executable.write<std::uint32_t>("dna", dna);
  executable.write<float>("filters", filters);
  executable.write<float>("dy", dy);
  executable.run();
  return {executable.read<float>("y"), executable.read<float>("dfilters")};
}

const Case kCases[] = {
    {5, 1200, 200, {.width = 19, .pad_left = 9, .pad_right = 9}},
    {3, 3000, 110, {.width = 7, .stride = 2, .dilation = 3, .pad_left = 4}, UnknownBase::quarters},
    {70, 40, 97, {.width = 11, .pad_right = 12}, UnknownBase::quarters},
    {9, 12, 3, {.width = 12}},
};

TEST(OnehotConv1d, IsTheReference) {
  for (const Case& one : kCases) {
    const auto dna = sequences(one);
    const auto filters = whole_numbers(one.filters(), 1), dy = whole_numbers(one.y(), 2);
    const Results fast = run(one, dna, filters, dy, 2), plain = run(one, dna, filters, dy, 2, "reference");
    EXPECT_EQ(fast.y, plain.y) << to_string(one.window);
    EXPECT_EQ(fast.dfilters, plain.dfilters) << to_string(one.window);
  }
}

std::vector<float> fractions(const TensorType& type, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> result(static_cast<std::size_t>(type.shape.elements()));
  for (float& value : result) value = normal(random);
  return result;
}

TEST(OnehotConv1d, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const Case& one : kCases) {
    const auto dna = sequences(one);
    const auto filters = fractions(one.filters(), 1), dy = fractions(one.y(), 2);
    const Results alone = run(one, dna, filters, dy, 1);
    for (const int threads : {2, 3}) {
      const Results together = run(one, dna, filters, dy, threads);
      EXPECT_EQ(together.y, alone.y) << to_string(one.window);
      EXPECT_EQ(together.dfilters, alone.dfilters) << to_string(one.window);
    }
  }
}

TEST(OnehotConv1d, GivesTheSameBitsForAnyBatch) {
  // 33 MiB of results, written past the caches, and one sequence after another.
  const Case large{30, 1100, 263, {.width = 10, .pad_left = 5}};
  for (const Case& one : {kCases[0], kCases[2], large}) {
    const auto dna = sequences(one);
    const auto filters = fractions(one.filters(), 1), dy = fractions(one.y(), 2);
    const std::vector<float> y = run(one, dna, filters, dy, 2).y;
    Case single = one;
    single.batch = 1;
    const auto words = static_cast<std::size_t>(dna::row_words(one.length)),
               numbers = static_cast<std::size_t>(single.y().shape.elements());
    for (std::size_t b = 0; b < static_cast<std::size_t>(one.batch); ++b) {
      const std::vector<float> alone =
          run(single, std::span(dna).subspan(b * words, words), filters, std::span(dy).subspan(b * numbers, numbers), 1)
              .y;
      ASSERT_TRUE(std::equal(alone.begin(), alone.end(), y.begin() + static_cast<std::ptrdiff_t>(b * numbers)))
          << to_string(one.window) << ", sequence " << b;
    }
  }
}

TEST(OnehotConv1d, WordsAreAsLongAsPays) {
  const auto taps = [](std::int64_t width, std::int64_t out_length, UnknownBase unknown = UnknownBase::zeros) {
    return fast::TapWords({.width = width}, unknown, out_length).taps;
  };
  EXPECT_EQ(taps(19, 600), 3);
  EXPECT_EQ(taps(19, 600, UnknownBase::quarters), 3);
  EXPECT_EQ(taps(19, 1), 1);
  EXPECT_EQ(taps(8, 20), 2);
  // No longer than the window, and no longer than saves a word.
  EXPECT_EQ(taps(1, 600), 1);
  EXPECT_EQ(taps(2, 600), 2);
  EXPECT_EQ(taps(4, 600), 2);
}

}  // namespace
}  // namespace genocuda
