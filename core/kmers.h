// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// How words of k bases are numbered, for files, the CPU and the GPU. A word is a number of 2k bits, its first base in
/// the highest two: numbers are in alphabetical order.
namespace genocuda::kmers {

inline constexpr int kLongest = 12;

constexpr std::int64_t words(int k) { return std::int64_t{1} << 2 * k; }

constexpr std::uint32_t reverse_complement(std::uint32_t word, int k) {
  std::uint32_t result = 0;
  for (int i = 0; i < k; ++i, word >>= 2) result = result << 2 | (3 - (word & 3));
  return result;
}

/// The smaller number of a word and its reverse complement, which stands for both.
constexpr std::uint32_t canonical(std::uint32_t word, int k) {
  const std::uint32_t other = reverse_complement(word, k);
  return other < word ? other : word;
}

/// The bins that counts lie in: one a word, or one for a word and its reverse complement.
constexpr std::int64_t bins(int k, bool canonical_words) {
  const std::int64_t palindromes = k % 2 == 0 ? words(k / 2) : 0;
  return canonical_words ? (words(k) + palindromes) / 2 : words(k);
}

/// The bin of a word: its number, or where a word and its reverse complement are one, their place in an order without
/// gaps. Words are ordered by their first half u, then by the reverse complement w of their last half, then by the base
/// in the middle of odd k; of the two words (u, middle, w) and (w, its complement, u) the one of the smaller u, and
/// among equals of the middle A or C, stands for both.
constexpr std::int64_t bin_of(std::uint32_t word, int k, bool canonical_words) {
  if (!canonical_words) return word;
  const int half = k / 2;
  const bool odd = k % 2 == 1;
  const std::int64_t halves = words(half), middles = odd ? 4 : 1, middles_of_equals = odd ? 2 : 1;
  std::int64_t u = word >> 2 * (k - half);
  std::int64_t w = reverse_complement(word & static_cast<std::uint32_t>(halves - 1), half);
  std::int64_t middle = odd ? word >> 2 * half & 3 : 0;
  if (u > w || (u == w && middle > 1)) {
    const std::int64_t first = u;
    u = w;
    w = first;
    middle = odd ? 3 - middle : 0;
  }
  const std::int64_t before = middles * (u * (halves - 1) - u * (u - 1) / 2) + middles_of_equals * u;
  return before + (u == w ? middle : middles_of_equals + (w - u - 1) * middles + middle);
}

}  // namespace genocuda::kmers
