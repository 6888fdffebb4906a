// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

/// The one definition of the DNA alphabet and of how DNA lies in memory, for files, the CPU and the GPU.
///
/// Bases are coded A = 0, C = 1, G = 2, T = 3; lower case counts as upper case, U as T. Every other letter (N and the
/// IUPAC ambiguity codes) is an unknown base: its code is 0 and its bit in the N mask is set.
///
/// A row of a tensor of type `dna` with L bases is `row_words(L)` 32-bit words: first `code_words(L)` words with 16
/// bases each (base i in bits 2·(i mod 16) and up of word i / 16), then `mask_words(L)` words of N mask with 32 bases
/// each (base i in bit i mod 32 of word i / 32). Bits past the end are 0.
namespace genocuda::dna {

inline constexpr int kBases = 4;
inline constexpr char kLetters[] = "ACGT";
inline constexpr std::uint8_t kUnknown = 4;     ///< code_of() of N and the ambiguity codes
inline constexpr std::uint8_t kNotABase = 255;  ///< code_of() of what no sequence file may hold

namespace internal {
constexpr std::array<std::uint8_t, 256> make_codes() {
  std::array<std::uint8_t, 256> codes{};
  for (auto& code : codes) code = kNotABase;
  constexpr int kToLower = 'a' - 'A';
  for (const char letter : {'N', 'R', 'Y', 'S', 'W', 'K', 'M', 'B', 'D', 'H', 'V'}) {
    codes[letter] = codes[letter + kToLower] = kUnknown;
  }
  for (int base = 0; base < kBases; ++base) {
    codes[kLetters[base]] = codes[kLetters[base] + kToLower] = static_cast<std::uint8_t>(base);
  }
  codes['U'] = codes['u'] = 3;
  return codes;
}
inline constexpr std::array<std::uint8_t, 256> kCodes = make_codes();
}  // namespace internal

/// 0–3 for a base, kUnknown for N and the ambiguity codes, kNotABase for anything else.
constexpr std::uint8_t code_of(char letter) { return internal::kCodes[static_cast<unsigned char>(letter)]; }

constexpr std::uint8_t complement(std::uint8_t code) { return code < kBases ? 3 - code : code; }

constexpr std::int64_t code_words(std::int64_t length) { return (length + 15) / 16; }
constexpr std::int64_t mask_words(std::int64_t length) { return (length + 31) / 32; }
constexpr std::int64_t row_words(std::int64_t length) { return code_words(length) + mask_words(length); }

/// The code at `position` of a row of `length` bases: 0–3, or kUnknown.
inline std::uint8_t get(const std::uint32_t* row, std::int64_t length, std::int64_t position) {
  const std::uint32_t mask = row[code_words(length) + position / 32] >> (position % 32);
  if (mask & 1u) return kUnknown;
  return static_cast<std::uint8_t>(row[position / 16] >> (2 * (position % 16)) & 3u);
}

/// Writes a code (0–3 or kUnknown) at a `position` whose bits are still 0.
inline void set(std::uint32_t* row, std::int64_t length, std::int64_t position, std::uint8_t code) {
  if (code < kBases) {
    row[position / 16] |= static_cast<std::uint32_t>(code) << (2 * (position % 16));
  } else {
    row[code_words(length) + position / 32] |= 1u << (position % 32);
  }
}

}  // namespace genocuda::dna
