// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/place.h"

/// Where kernels read DNA from: packed rows of a tensor, or views into one genome that is resident on the device. Of a
/// view on the reverse strand base i is the complement of the genome's base start + length − 1 − i.
namespace genocuda::kernels {

/// The sequences of a batch, each of `length` bases, coded as core/dna.h says: 16 codes a word, 32 bits of N mask a
/// word. Where there is no base (before and after a sequence, and where a view leaves its contig) a position looks
/// like zero padding: its four numbers are 0 whatever N looks like.
struct DnaSource {
  const std::uint32_t* codes;  ///< of example 0, or of the genome's base 0
  const std::uint32_t* mask;
  std::int64_t stride;  ///< of packed rows: words between examples
  std::int64_t length;
  const WindowPlace* places;  ///< one an example; null: packed rows
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
inline DnaSource dna_views(const std::uint32_t* codes, const std::uint32_t* mask, const WindowPlace* places,
                           std::int64_t length) {
  return {codes, mask, 0, length, places};
}

}  // namespace genocuda::kernels
