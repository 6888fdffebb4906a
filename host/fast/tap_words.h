// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/ops/one_hot.h"

namespace genocuda::fast {

/// How the convolution over one-hot DNA takes several taps at once. The taps of a window are cut into words of one, two
/// or three neighbours. For each word that may stand there a table has the sum of its filter rows, so that 19 taps cost
/// 7 additions a position and filter; tables of longer words would leave the second-level cache.
///
/// Letters are the four bases, the unknown base where it is a letter of its own (UnknownBase::quarters), and last the
/// nothing: padding, and unknown bases that count as zeros. A word is the number with its letters as digits, the first
/// letter the highest.
struct TapWords {
  SlidingWindow window;
  UnknownBase unknown;
  std::int64_t letters;
  std::int64_t taps;   ///< of a word
  std::int64_t words;  ///< of a window; the last may reach past it, where no letter counts
  std::int64_t rows;   ///< of the table of a word: letters^taps

  /// Chooses the length that needs the fewest rows to be added, in filling the tables and then for eight sequences.
  /// That depends on the shape of one sequence only: how a batch is cut does not change any sum.
  TapWords(const SlidingWindow& window, UnknownBase unknown, std::int64_t out_length);

  /// Positions from one word of a window to the next.
  std::int64_t step() const { return taps * window.dilation; }
  /// Rows of all tables of a window.
  std::int64_t table_rows() const { return words * rows; }
  /// Bytes that read() writes.
  std::int64_t positions(std::int64_t out_length) const;
  /// The word at each position, from the first of the first window on, of a packed sequence (core/dna.h).
  void read(const std::uint32_t* sequence, std::int64_t length, std::int64_t out_length, std::uint8_t* to) const;

  /// Columns of filters that share tables at most.
  static constexpr std::int64_t kColumns = 96;

  /// The tables [words, rows, row_size] of `columns` of the filters [width, 4, channels], from where the pointer is;
  /// columns from there to `row_size`, at most kColumns, are 0.
  void fill(const float* filters, std::int64_t columns, std::int64_t channels, std::int64_t row_size,
            float* tables) const;
  /// The adjoint: from sums by word to filter gradients [width, 4, channels], `row_size` columns of them. Uses up the
  /// tables.
  void fold(float* tables, std::int64_t row_size, std::int64_t channels, float* gradients) const;
};

}  // namespace genocuda::fast
