// SPDX-License-Identifier: Apache-2.0
#include "genomics/packed_sequence.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr std::size_t kGroup = 16;  // bases in a word of codes

static_assert(std::endian::native == std::endian::little, "letters are read eight at a time");

// The codes of eight letters in the low 16 bits, or nothing where one is not A, C, G, T, a, c, g or t. Bits 1 and 2 of
// these letters are 00, 01, 11 and 10; that the letters are no others is checked by making them again from the codes.
bool pack_eight(const char* letters, std::uint32_t& packed) {
  constexpr std::uint64_t kEach = 0x0101010101010101u;
  std::uint64_t upper;
  std::memcpy(&upper, letters, sizeof upper);
  upper &= 0xDF * kEach;
  const std::uint64_t high = upper >> 2 & kEach, low = (upper >> 1 ^ upper >> 2) & kEach;
  const std::uint64_t again =
      'A' * kEach + ('C' - 'A') * low + ('G' - 'A') * high + ('T' - 'G' - 'C' + 'A') * (low & high);
  if (again != upper) return false;
  std::uint64_t codes = low | high << 1;
  codes = (codes | codes >> 6) & 0x000F000F000F000Fu;
  codes = (codes | codes >> 12) & 0x000000FF000000FFu;
  packed = static_cast<std::uint32_t>(codes | codes >> 24) & 0xFFFFu;
  return true;
}

constexpr std::uint32_t reverse_pairs(std::uint32_t x) {
  x = x >> 16 | x << 16;
  x = (x >> 8 & 0x00FF00FFu) | (x & 0x00FF00FFu) << 8;
  x = (x >> 4 & 0x0F0F0F0Fu) | (x & 0x0F0F0F0Fu) << 4;
  return (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
}

constexpr std::uint32_t reverse_bits(std::uint32_t x) {
  x = reverse_pairs(x);
  return (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
}

// Each of the low 16 bits twice.
constexpr std::uint32_t double_bits(std::uint32_t x) {
  x &= 0xFFFFu;
  x = (x | x << 8) & 0x00FF00FFu;
  x = (x | x << 4) & 0x0F0F0F0Fu;
  x = (x | x << 2) & 0x33333333u;
  x = (x | x << 1) & 0x55555555u;
  return x * 3u;
}

// 32 bits at a shift of 0 to 31 into two words; two shifts on the left, as one of 32 - 0 would be undefined.
constexpr std::uint32_t funnel(std::uint32_t low, std::uint32_t high, int shift) {
  return low >> shift | (high << 1) << (31 - shift);
}

// Writes the `count` words that start at bit `first` of `words` words; bits outside are 0. One word on either side of
// the data may be read and is 0.
void copy_bits(const std::uint32_t* source, std::int64_t words, std::int64_t first, std::uint32_t* out,
               std::int64_t count) {
  const std::int64_t word = first >> 5;
  const int shift = static_cast<int>(first & 31);
  if (word >= -1 && word + count <= words) {
    const std::uint32_t* from = source + word;
    for (std::int64_t i = 0; i < count; ++i) out[i] = funnel(from[i], from[i + 1], shift);
    return;
  }
  const auto at = [&](std::int64_t i) { return i >= 0 && i < words ? source[i] : 0u; };
  for (std::int64_t i = 0; i < count; ++i) out[i] = funnel(at(word + i), at(word + i + 1), shift);
}

// The same words, the last first and each changed by `turn`.
template <typename Turn>
void copy_bits_turned(const std::uint32_t* source, std::int64_t words, std::int64_t first, std::uint32_t* out,
                      std::int64_t count, Turn&& turn) {
  const std::int64_t word = first >> 5;
  const int shift = static_cast<int>(first & 31);
  if (word >= -1 && word + count <= words) {
    const std::uint32_t* from = source + word + count - 1;
    for (std::int64_t i = 0; i < count; ++i) out[i] = turn(funnel(from[-i], from[1 - i], shift));
    return;
  }
  const auto at = [&](std::int64_t i) { return i >= 0 && i < words ? source[i] : 0u; };
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = turn(funnel(at(word + count - 1 - i), at(word + count - i), shift));
  }
}

// Sets bits [begin, end), which may be none.
void set_bits(std::uint32_t* words, std::int64_t begin, std::int64_t end) {
  while (begin < end) {
    const std::int64_t stop = std::min(end, (begin | 31) + 1);
    words[begin >> 5] |= (~0u >> (32 - (stop - begin))) << (begin & 31);
    begin = stop;
  }
}

void clear_tail(std::uint32_t* words, std::int64_t bits) {
  if (bits & 31) words[bits >> 5] &= ~0u >> (32 - (bits & 31));
}

}  // namespace

PackedSequence::PackedSequence() : codes_(2), mask_(2) {}

PackedSequence::PackedSequence(std::string_view letters) : PackedSequence() {
  const std::size_t appended = append(letters);
  if (appended < letters.size()) {
    throw Error(ErrorKind::invalid_argument, "letter {} of a DNA sequence, code {}, is no base: use A, C, G, T or N",
                appended + 1, static_cast<int>(static_cast<unsigned char>(letters[appended])));
  }
  shrink_to_fit();
}

void PackedSequence::grow(std::int64_t size) {
  codes_.resize(static_cast<std::size_t>(dna::code_words(size) + 2));
  mask_.resize(static_cast<std::size_t>(dna::mask_words(size) + 2));
}

void PackedSequence::shrink_to_fit() {
  codes_.shrink_to_fit();
  mask_.shrink_to_fit();
}

std::size_t PackedSequence::append(std::string_view letters) {
  grow(size_ + static_cast<std::int64_t>(letters.size()));
  std::size_t done = 0;
  const auto append_one = [&] {
    const std::uint8_t code = dna::code_of(letters[done]);
    if (code == dna::kNotABase) return false;
    if (code < dna::kBases) {
      codes_[static_cast<std::size_t>(1 + size_ / 16)] |= static_cast<std::uint32_t>(code) << (2 * (size_ % 16));
    } else {
      mask_[static_cast<std::size_t>(1 + size_ / 32)] |= 1u << (size_ % 32);
    }
    ++size_;
    ++done;
    return true;
  };
  while (done + kGroup <= letters.size()) {
    std::uint32_t low, high;
    if (pack_eight(letters.data() + done, low) && pack_eight(letters.data() + done + 8, high)) {
      const std::uint32_t word = low | high << 16;
      const std::uint64_t placed = static_cast<std::uint64_t>(word) << (2 * (size_ % 16));
      std::uint32_t* at = &codes_[static_cast<std::size_t>(1 + size_ / 16)];
      at[0] |= static_cast<std::uint32_t>(placed);
      at[1] |= static_cast<std::uint32_t>(placed >> 32);
      size_ += static_cast<std::int64_t>(kGroup);
      done += kGroup;
    } else {
      for (std::size_t i = 0; i < kGroup; ++i) {
        if (!append_one()) return grow(size_), done;
      }
    }
  }
  while (done < letters.size()) {
    if (!append_one()) return grow(size_), done;
  }
  return done;
}

void PackedSequence::append_code(std::uint8_t code) {
  grow(size_ + 1);
  if (code < dna::kBases) {
    codes_[static_cast<std::size_t>(1 + size_ / 16)] |= static_cast<std::uint32_t>(code) << (2 * (size_ % 16));
  } else {
    mask_[static_cast<std::size_t>(1 + size_ / 32)] |= 1u << (size_ % 32);
  }
  ++size_;
}

std::uint8_t PackedSequence::code(std::int64_t position) const {
  if (position < 0 || position >= size_ || mask()[position / 32] >> (position % 32) & 1u) return dna::kUnknown;
  return static_cast<std::uint8_t>(codes()[position / 16] >> (2 * (position % 16)) & 3u);
}

void PackedSequence::extract(std::int64_t start, std::int64_t length, Strand strand, std::uint32_t* row) const {
  const std::int64_t code_words = dna::code_words(length), mask_words = dna::mask_words(length);
  std::uint32_t* out_mask = row + code_words;
  if (start >= size_ || start <= -length) {
    std::fill(row, row + code_words + mask_words, 0u);
    set_bits(out_mask, 0, length);
    return;
  }
  const std::int64_t own_codes = dna::code_words(size_), own_mask = dna::mask_words(size_);
  const std::int64_t end = start + length;
  if (strand == Strand::forward) {
    copy_bits(codes(), own_codes, 2 * start, row, code_words);
    copy_bits(mask(), own_mask, start, out_mask, mask_words);
    set_bits(out_mask, 0, -start);
    if (end > size_) set_bits(out_mask, size_ - start, length);
  } else {
    // Read so that the window's last base is the last of the last word; then it becomes the first.
    copy_bits_turned(codes(), own_codes, 2 * (end - 16 * code_words), row, code_words,
                     [](std::uint32_t word) { return ~reverse_pairs(word); });
    copy_bits_turned(mask(), own_mask, end - 32 * mask_words, out_mask, mask_words, reverse_bits);
    if (start < 0) set_bits(out_mask, end, length);
    set_bits(out_mask, 0, end - size_);
    // The complement of an unknown base, whose code is 0, must be 0 again.
    for (std::int64_t i = 0; i < mask_words; ++i) {
      if (out_mask[i] == 0) continue;
      row[2 * i] &= ~double_bits(out_mask[i]);
      if (2 * i + 1 < code_words) row[2 * i + 1] &= ~double_bits(out_mask[i] >> 16);
    }
  }
  clear_tail(row, 2 * length);
  clear_tail(out_mask, length);
}

std::string PackedSequence::letters(std::int64_t start, std::int64_t length, Strand strand) const {
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(length)));
  extract(start, length, strand, row.data());
  return row_letters(row.data(), length);
}

std::int64_t PackedSequence::count_unknown(std::int64_t start, std::int64_t length) const {
  const std::int64_t begin = std::clamp<std::int64_t>(start, 0, size_);
  const std::int64_t end = std::clamp<std::int64_t>(start + length, begin, size_);
  std::int64_t unknown = length - (end - begin);
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t stop = std::min(end, (at | 31) + 1);
    const std::uint32_t wanted = (~0u >> (32 - (stop - at))) << (at & 31);
    unknown += __builtin_popcount(mask()[at >> 5] & wanted);
    at = stop;
  }
  return unknown;
}

std::string row_letters(const std::uint32_t* row, std::int64_t length) {
  std::string letters(static_cast<std::size_t>(length), 'N');
  for (std::int64_t i = 0; i < length; ++i) {
    const std::uint8_t code = dna::get(row, length, i);
    if (code < dna::kBases) letters[static_cast<std::size_t>(i)] = dna::kLetters[code];
  }
  return letters;
}

}  // namespace genocuda
