// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Where kernels read DNA from: packed rows of a tensor, or views into one genome that is resident on the device.
namespace genocuda::kernels {

/// An example as a view into a resident genome: base i is the genome's base start + i or, on the reverse strand, the
/// complement of its base start + length − 1 − i.
struct DnaPlace {
  std::int64_t start;                     ///< may lie before contig_begin, and the view may end after contig_end
  std::int64_t contig_begin, contig_end;  ///< outside [begin, end) there is no base
  std::int32_t reverse;                   ///< not 0: the reverse strand
};

/// The sequences of a batch, each of `length` bases, coded as core/dna.h says: 16 codes a word, 32 bits of N mask a
/// word. Where there is no base (before and after a sequence, and where a view leaves its contig) a position looks
/// like zero padding: its four numbers are 0 whatever N looks like.
struct DnaSource {
  const std::uint32_t* codes;  ///< of example 0, or of the genome's base 0
  const std::uint32_t* mask;
  std::int64_t stride;  ///< of packed rows: words between examples
  std::int64_t length;
  const DnaPlace* places;  ///< one an example; null: packed rows
};

constexpr std::int64_t dna_code_words(std::int64_t length) { return (length + 15) / 16; }
constexpr std::int64_t dna_row_words(std::int64_t length) { return dna_code_words(length) + (length + 31) / 32; }

/// The rows of a tensor of type dna [batch, length]: code words, then mask words.
inline DnaSource dna_rows(const void* rows, std::int64_t length) {
  const auto* words = static_cast<const std::uint32_t*>(rows);
  const auto* mask = words != nullptr ? words + dna_code_words(length) : nullptr;  // null: a tensor of no rows
  return {words, mask, dna_row_words(length), length, nullptr};
}

/// Views of `length` bases into a genome whose contigs lie one after another in one array of codes and one of masks.
inline DnaSource dna_views(const std::uint32_t* codes, const std::uint32_t* mask, const DnaPlace* places,
                           std::int64_t length) {
  return {codes, mask, 0, length, places};
}

}  // namespace genocuda::kernels
