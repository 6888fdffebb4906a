// SPDX-License-Identifier: Apache-2.0
#include "host/fast/tap_words.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/dna.h"
#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"

namespace genocuda::fast {
namespace {

constexpr std::int64_t kLongestWord = 3;
/// Sequences that the tables are taken to serve.
constexpr std::int64_t kSequences = 8;
constexpr float kQuarter = 0.25f;

using Row = std::array<float, TapWords::kColumns>;

/// What a letter adds to `columns` sums; `tap` are the filter rows of the four bases.
Row row_of(std::int64_t letter, const float* tap, std::int64_t columns, std::int64_t channels) {
  Row row{};
  if (letter < dna::kBases) {
    std::copy_n(tap + letter * channels, columns, row.begin());
  } else {
    for (std::int64_t base = 0; base < dna::kBases; ++base) {
      kernels().accumulate(tap + base * channels, row.data(), columns, kQuarter);
    }
  }
  return row;
}

}  // namespace

TapWords::TapWords(const SlidingWindow& sliding_window, UnknownBase unknown_base, std::int64_t out_length)
    : window(sliding_window), unknown(unknown_base), letters(dna::kBases + (unknown == UnknownBase::quarters ? 2 : 1)) {
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max(), of_length = 1;
  for (std::int64_t length = 1; length <= std::min(kLongestWord, window.width); ++length) {
    of_length *= letters;
    const std::int64_t count = ceil_divide(window.width, length),
                       additions = count * (of_length + kSequences * out_length);
    if (additions >= fewest) continue;
    fewest = additions;
    taps = length;
    words = count;
    rows = of_length;
  }
}

std::int64_t TapWords::positions(std::int64_t out_length) const {
  return (out_length - 1) * window.stride + (words * taps - 1) * window.dilation + 1;
}

void TapWords::read(const std::uint32_t* sequence, std::int64_t length, std::int64_t out_length,
                    std::uint8_t* to) const {
  const std::int64_t count = positions(out_length), begin = std::min(window.pad_left, count);
  const std::int64_t end = std::clamp(window.pad_left + length, begin, count);
  const auto nothing = static_cast<std::uint8_t>(letters - 1);
  std::fill_n(to, begin, nothing);
  for (std::int64_t i = begin; i < end; ++i) to[i] = dna::get(sequence, length, i - window.pad_left);
  std::fill(to + end, to + count, nothing);
  // In place: a word needs the letters from its own position on.
  const std::int64_t last = count - (taps - 1) * window.dilation, dilation = window.dilation;
  const auto radix = static_cast<std::uint8_t>(letters);
  const auto next = [=](std::uint8_t word, const std::uint8_t* letter) {
    return static_cast<std::uint8_t>(word * radix + *letter);
  };
  if (taps == 2) {
    for (std::int64_t i = 0; i < last; ++i) to[i] = next(to[i], to + i + dilation);
  } else if (taps == 3) {
    for (std::int64_t i = 0; i < last; ++i) to[i] = next(next(to[i], to + i + dilation), to + i + 2 * dilation);
  }
}

void TapWords::fill(const float* filters, std::int64_t columns, std::int64_t channels, std::int64_t row_size,
                    float* tables) const {
  for (std::int64_t word = 0; word < words; ++word, tables += rows * row_size) {
    std::fill_n(tables, row_size, 0.0f);
    // From the last letter to the first: `size` rows for what follows become a row for each letter before it.
    std::int64_t size = 1;
    for (std::int64_t t = taps - 1; t >= 0; --t, size *= letters) {
      const std::int64_t tap = word * taps + t;
      // The letter 0 last, since its rows lie over those that all letters read.
      for (std::int64_t letter = letters - 1; letter >= 0; --letter) {
        const bool counts = tap < window.width && letter < letters - 1;
        const Row row = counts ? row_of(letter, filters + tap * dna::kBases * channels, columns, channels) : Row{};
        kernels().add_bias(tables, row.data(), tables + letter * size * row_size, size, row_size);
      }
    }
  }
}

void TapWords::fold(float* tables, std::int64_t row_size, std::int64_t channels, float* gradients) const {
  for (std::int64_t word = 0; word < words; ++word, tables += rows * row_size) {
    // From the first letter to the last, whose rows shrink to a row for what follows.
    std::int64_t size = rows;
    for (std::int64_t tap = word * taps; tap < std::min((word + 1) * taps, window.width); ++tap) {
      size /= letters;
      float* of_tap = gradients + tap * dna::kBases * channels;
      for (std::int64_t base = 0; base < dna::kBases; ++base) {
        kernels().column_sums(tables + base * size * row_size, size, row_size, of_tap + base * channels);
      }
      if (unknown == UnknownBase::quarters) {
        Row row;
        kernels().column_sums(tables + dna::kUnknown * size * row_size, size, row_size, row.data());
        for (std::int64_t base = 0; base < dna::kBases; ++base) {
          kernels().accumulate(row.data(), of_tap + base * channels, row_size, kQuarter);
        }
      }
      for (std::int64_t letter = 1; letter < letters; ++letter) {
        kernels().add(tables, tables + letter * size * row_size, tables, size * row_size);
      }
    }
  }
}

}  // namespace genocuda::fast
