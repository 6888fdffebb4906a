// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/dna.h"

namespace genocuda {

enum class Strand : std::uint8_t { forward, reverse };

constexpr Strand opposite(Strand strand) { return strand == Strand::forward ? Strand::reverse : Strand::forward; }
constexpr char symbol(Strand strand) { return strand == Strand::forward ? '+' : '-'; }

/// A DNA sequence of any length (whole chromosomes, more than 2^31 bases) at 2 bits a base and one bit of N mask, in
/// the word layout of core/dna.h but with codes and mask in arrays of their own. Built by appending, read as rows of
/// windows.
class PackedSequence {
 public:
  PackedSequence();
  /// Packs letters; Error (invalid_argument) at the first that is no base.
  explicit PackedSequence(std::string_view letters);

  std::int64_t size() const { return size_; }

  /// Appends letters up to the first that dna::code_of() calls kNotABase; returns how many were appended.
  std::size_t append(std::string_view letters);
  /// Appends one base by its code, 0–3 or dna::kUnknown.
  void append_code(std::uint8_t code);
  /// Gives back memory that appending held in reserve.
  void shrink_to_fit();

  /// The code at a position, 0–3 or dna::kUnknown; unknown too outside [0, size()).
  std::uint8_t code(std::int64_t position) const;

  /// Writes bases [start, start + length) as one dna row (core/dna.h): dna::row_words(length) words. Positions outside
  /// the sequence, on either side, are unknown bases. Strand::reverse writes the reverse complement of the same
  /// positions. Works on words, not bases: some 20 ns for 600 bases, 100 ns in reverse.
  void extract(std::int64_t start, std::int64_t length, Strand strand, std::uint32_t* row) const;

  /// The letters A, C, G, T, N of what extract() gives.
  std::string letters(std::int64_t start, std::int64_t length, Strand strand = Strand::forward) const;
  std::string letters() const { return letters(0, size_); }

  /// How many of the positions [start, start + length) are unknown, those outside the sequence among them.
  std::int64_t count_unknown(std::int64_t start, std::int64_t length) const;

  /// dna::code_words(size()) words of codes and dna::mask_words(size()) words of N mask.
  const std::uint32_t* codes() const { return codes_.data() + 1; }
  const std::uint32_t* mask() const { return mask_.data() + 1; }

  friend bool operator==(const PackedSequence& a, const PackedSequence& b) = default;

 private:
  void grow(std::int64_t size);

  std::int64_t size_ = 0;
  // One word of zeros stands before and one after the data, so that a window may be read two words at a time.
  std::vector<std::uint32_t> codes_, mask_;
};

/// The letters of a dna row of `length` bases, for messages and tests.
std::string row_letters(const std::uint32_t* row, std::int64_t length);

}  // namespace genocuda
