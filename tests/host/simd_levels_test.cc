// SPDX-License-Identifier: Apache-2.0
// Kernels of every SIMD level against plain loops, for sizes round the width of a vector, with guards behind the
// results.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/philox.h"
#include "tests/host/levels.h"

namespace genocuda::fast {
namespace {

constexpr float kGuard = 12345.0f;
constexpr std::size_t kGuards = 32;

/// `count` numbers and guards behind them.
std::vector<float> guarded(std::size_t count) { return std::vector<float>(count + kGuards, kGuard); }

void expect_guards(const std::vector<float>& values, const std::string& where) {
  for (std::size_t i = values.size() - kGuards; i < values.size(); ++i) ASSERT_EQ(values[i], kGuard) << where;
}

std::vector<float> random_numbers(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(count);
  for (float& value : values) value = uniform(random);
  return values;
}

class Channels : public ::testing::TestWithParam<std::int64_t> {
 protected:
  std::int64_t channels() const { return GetParam(); }
  std::size_t size(std::int64_t rows = 1) const { return static_cast<std::size_t>(rows * channels()); }
};

TEST_P(Channels, SumsOfColumnsAndMoments) {
  constexpr std::int64_t kRows = 7;
  const std::vector<float> x = random_numbers(size(kRows), 1), shift(x.begin(), x.begin() + channels());
  for (const Level& level : levels()) {
    std::vector<float> sums = guarded(size()), mean = guarded(size()), squares = guarded(size());
    level.kernels.column_sums(x.data(), kRows, channels(), sums.data());
    level.kernels.moments(x.data(), shift.data(), kRows, channels(), mean.data(), squares.data());
    for (std::size_t c = 0; c < size(); ++c) {
      double sum = 0, square = 0;
      for (std::size_t row = 0; row < kRows; ++row) sum += x[row * size() + c];
      for (std::size_t row = 0; row < kRows; ++row) square += std::pow(x[row * size() + c] - sum / kRows, 2);
      EXPECT_NEAR(sums[c], sum, 1e-6) << level.name;
      EXPECT_NEAR(mean[c] + shift[c], sum / kRows, 1e-6) << level.name;
      EXPECT_NEAR(squares[c], square, 2e-6) << level.name;
    }
    for (const auto* values : {&sums, &mean, &squares}) expect_guards(*values, level.name);
  }
}

TEST_P(Channels, MaximumTakesTheFirstOfTiesAndTheFirstNaN) {
  constexpr std::int64_t kTaps = 4;
  std::mt19937 random(3);
  std::vector<float> x(size(kTaps));
  for (float& value : x) {
    const unsigned draw = random() % 5;  // many ties, some NaN
    value = draw == 4 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(draw);
  }
  for (const Level& level : levels()) {
    std::vector<float> y = guarded(size());
    std::vector<std::uint8_t> narrow(size() + kGuards, 99);
    std::vector<std::int32_t> wide(size() + kGuards, 99);
    level.kernels.max_pool_u8(x.data(), kTaps, 2, channels(), y.data(), narrow.data());
    level.kernels.max_pool_i32(x.data(), kTaps, 2, channels(), y.data(), wide.data());
    for (std::size_t c = 0; c < size(); ++c) {
      std::size_t winner = 0;
      for (std::size_t k = 1; k < kTaps; ++k) {
        const float challenger = x[k * size() + c], champion = x[winner * size() + c];
        if (challenger > champion || (std::isnan(challenger) && !std::isnan(champion))) winner = k;
      }
      const float best = x[winner * size() + c];
      EXPECT_TRUE(y[c] == best || (std::isnan(y[c]) && std::isnan(best))) << level.name << " column " << c;
      EXPECT_EQ(narrow[c], winner + 2) << level.name << " column " << c;
      EXPECT_EQ(wide[c], static_cast<std::int32_t>(winner + 2)) << level.name << " column " << c;
    }
    expect_guards(y, level.name);
    EXPECT_EQ(narrow[size()], 99) << level.name;
    EXPECT_EQ(wide[size()], 99) << level.name;
  }
}

TEST_P(Channels, GatherAndScatterAreAdjoint) {
  // The columns are the middle ones of y.
  constexpr std::int64_t kTables = 3, kRows = 6, kPositions = 5, kStride = 2, kStep = 2, kFirst = 5, kAfter = 2;
  const std::int64_t row_size = (channels() + kRowPadding - 1) / kRowPadding * kRowPadding;
  const std::int64_t width = kFirst + channels() + kAfter;
  std::vector<float> tables(static_cast<std::size_t>(kTables * kRows * row_size));
  std::mt19937 random(5);
  for (std::int64_t row = 0; row < kTables * kRows; ++row) {
    for (std::int64_t c = 0; c < channels(); ++c) {
      tables[static_cast<std::size_t>(row * row_size + c)] = static_cast<float>(random() % 16);
    }
  }
  std::vector<std::uint8_t> words((kPositions - 1) * kStride + (kTables - 1) * kStep + 1);
  for (auto& word : words) word = static_cast<std::uint8_t>(random() % kRows);
  std::vector<float> dy(static_cast<std::size_t>(kPositions * width));
  for (float& value : dy) value = static_cast<float>(random() % 16);
  const WordLookup lookup{.words = words.data(),
                          .positions = kPositions,
                          .stride = kStride,
                          .tables = kTables,
                          .step = kStep,
                          .table_size = kRows * row_size,
                          .row_size = row_size,
                          .columns = channels(),
                          .channels = width};

  for (const Level& level : levels()) {
    std::vector<float> y(dy.size(), kGuard), gradient(tables.size());
    level.kernels.gather_conv(lookup, tables.data(), y.data() + kFirst);
    level.kernels.scatter_conv(lookup, dy.data() + kFirst, gradient.data());
    // Small whole numbers: sums are exact.
    double forward = 0, backward = 0;
    for (std::int64_t o = 0; o < kPositions; ++o) {
      for (std::int64_t c = 0; c < width; ++c) {
        const std::size_t at = static_cast<std::size_t>(o * width + c);
        float expected = 0;
        for (std::int64_t t = 0; t < kTables; ++t) {
          const std::int64_t row = t * kRows + words[static_cast<std::size_t>(o * kStride + t * kStep)];
          if (c >= kFirst && c < kFirst + channels()) {
            expected += tables[static_cast<std::size_t>(row * row_size + c - kFirst)];
          } else {
            expected = kGuard;
          }
        }
        ASSERT_EQ(y[at], expected) << level.name << " position " << o << " column " << c;
        if (expected != kGuard) forward += static_cast<double>(y[at]) * dy[at];
      }
    }
    for (std::size_t i = 0; i < tables.size(); ++i) backward += static_cast<double>(tables[i]) * gradient[i];
    EXPECT_EQ(forward, backward) << level.name;
  }
}

TEST_P(Channels, StreamCopiesFromAndToAnyPlace) {
  const std::vector<float> x = random_numbers(size() + 3, 13);
  for (const std::size_t offset : {0u, 1u, 3u}) {
    for (const Level& level : levels()) {
      std::vector<float> y = guarded(size() + offset);
      level.kernels.stream(x.data() + 3 - offset, y.data() + offset, channels());
      for (std::size_t i = 0; i < offset; ++i) EXPECT_EQ(y[i], kGuard) << level.name;
      for (std::size_t i = 0; i < size(); ++i) ASSERT_EQ(y[offset + i], x[3 - offset + i]) << level.name << ' ' << i;
      expect_guards(y, level.name);
    }
  }
}

TEST_P(Channels, DropoutDrawsTheNumbersOfPhilox) {
  constexpr std::uint64_t kKey = 0x123456789abcdef, kStream = 77;
  const std::vector<float> x = random_numbers(size(), 9);
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{16384}, std::int64_t{1} << 35}) {
    for (const Level& level : levels()) {
      std::vector<float> y = guarded(size());
      level.kernels.dropout(x.data(), y.data(), first, channels(), kKey, kStream, 1u << 23, 2.0f);
      for (std::size_t i = 0; i < size(); ++i) {
        const bool dropped = philox::uniform(kKey, kStream, static_cast<std::uint64_t>(first) + i) < 0.5f;
        ASSERT_EQ(y[i], dropped ? 0 : 2 * x[i]) << level.name << " element " << i;
      }
      expect_guards(y, level.name);
    }
  }
}

TEST_P(Channels, SumKeepsDigits) {
  std::vector<float> x = random_numbers(size(), 11);
  x[0] = 1e8f;
  double exact = 0;
  for (const float value : x) exact += value;
  for (const Level& level : levels()) EXPECT_NEAR(level.kernels.sum(x.data(), channels()), exact, 1e-6) << level.name;
}

INSTANTIATE_TEST_SUITE_P(SimdLevels, Channels, ::testing::Values(1, 3, 4, 7, 8, 15, 16, 17, 31, 64, 65, 96, 100, 300));

}  // namespace
}  // namespace genocuda::fast
