// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reads DNA (kernels/dna.h) 32 bases at a time, from any position and on either strand, as bit planes: one word for
/// each base A, C, G, T whose bit i says "position i holds that base". N and positions without a base set no bit, so
/// that padding, contig ends and zeros for N cost kernels nothing.

#include "kernels/device.cuh"
#include "kernels/dna.h"

namespace genocuda::kernels {

constexpr int kBases = 4;

/// 32 neighbouring bases of an example.
struct BasePlanes {
  std::uint32_t base[kBases];
  std::uint32_t unknown;  ///< N inside the sequence
};

/// One example of a source. Positions count from its first base, along its strand.
class DnaExample {
 public:
  __device__ __forceinline__ DnaExample(const DnaSource& source, std::int64_t b) {
    length_ = source.length;
    if (source.places == nullptr) {
      codes_ = source.codes + b * source.stride;
      mask_ = source.mask + b * source.stride;
      start_ = begin_ = 0;
      end_ = length_;
      reverse_ = false;
    } else {
      const WindowPlace place = source.places[b];
      codes_ = source.codes;
      mask_ = source.mask;
      start_ = place.start;
      begin_ = place.start > place.contig_begin ? place.start : place.contig_begin;
      const std::int64_t end = place.start + length_;
      end_ = end < place.contig_end ? end : place.contig_end;
      reverse_ = place.reverse != 0;
    }
  }

  /// The bases at positions [first, first + 32); `first` may be negative or past the end.
  __device__ __forceinline__ BasePlanes load(std::int64_t first) const {
    const std::int64_t from = reverse_ ? start_ + length_ - 32 - first : start_ + first;
    const std::uint32_t inside = bits_inside(from);
    if (inside == 0) return {};
    const std::int64_t code = from >> 4, mask = from >> 5;  // rounded down, also left of 0
    const int shift = static_cast<int>(from & 15) * 2;
    const std::uint32_t middle = code_word(code + 1);
    const std::uint32_t lower = __funnelshift_r(code_word(code), middle, shift);
    const std::uint32_t upper = __funnelshift_r(middle, code_word(code + 2), shift);
    std::uint32_t low = even_bits(lower) | even_bits(upper) << 16;
    std::uint32_t high = even_bits(lower >> 1) | even_bits(upper >> 1) << 16;
    const int mask_shift = static_cast<int>(from & 31);
    const std::uint32_t n = __funnelshift_r(mask_word(mask), mask_word(mask + 1), mask_shift);
    std::uint32_t known = inside & ~n, unknown = inside & n;
    if (reverse_) {  // the complement of code c is 3 − c
      low = ~__brev(low);
      high = ~__brev(high);
      known = __brev(known);
      unknown = __brev(unknown);
    }
    return {{known & ~high & ~low, known & ~high & low, known & high & ~low, known & high & low}, unknown};
  }

  /// The code 0–3 at a position, 4 where it is N, 5 where there is no base.
  __device__ __forceinline__ int code(std::int64_t position) const {
    const std::int64_t at = reverse_ ? start_ + length_ - 1 - position : start_ + position;
    if (at < begin_ || at >= end_) return 5;
    if (__ldg(mask_ + (at >> 5)) >> (at & 31) & 1u) return 4;
    const int code = static_cast<int>(__ldg(codes_ + (at >> 4)) >> ((at & 15) * 2) & 3u);
    return reverse_ ? 3 - code : code;
  }

 private:
  /// Bit i: whether base `from` + i of the array belongs to the example.
  __device__ __forceinline__ std::uint32_t bits_inside(std::int64_t from) const {
    const std::int64_t first = begin_ - from, last = end_ - from;  // bits [first, last)
    if (first >= 32 || last <= 0 || first >= last) return 0;
    const std::uint32_t not_before = first > 0 ? 0xffffffffu << first : 0xffffffffu;
    const std::uint32_t not_after = last < 32 ? ~(0xffffffffu << last) : 0xffffffffu;
    return not_before & not_after;
  }

  /// Words that hold no base of the example are not read: they may lie outside the array.
  __device__ __forceinline__ std::uint32_t code_word(std::int64_t word) const {
    return word >= begin_ >> 4 && word <= (end_ - 1) >> 4 ? __ldg(codes_ + word) : 0;
  }
  __device__ __forceinline__ std::uint32_t mask_word(std::int64_t word) const {
    return word >= begin_ >> 5 && word <= (end_ - 1) >> 5 ? __ldg(mask_ + word) : 0;
  }

  /// Bits 0, 2, 4, …, 30 side by side.
  static __device__ __forceinline__ std::uint32_t even_bits(std::uint32_t x) {
    x &= 0x55555555u;
    x = (x | x >> 1) & 0x33333333u;
    x = (x | x >> 2) & 0x0f0f0f0fu;
    x = (x | x >> 4) & 0x00ff00ffu;
    return (x | x >> 8) & 0x0000ffffu;
  }

  const std::uint32_t* codes_;
  const std::uint32_t* mask_;
  std::int64_t start_, begin_, end_, length_;  // [begin_, end_): the bases of the array that the example has
  bool reverse_;
};

/// Words that a plane of a window of `count` positions takes in shared memory: one more than its bits, so that
/// window32 may start at every position of it.
constexpr int plane_words(std::int64_t count) { return static_cast<int>((count + 31) / 32 + 1); }

/// The threads of a block write the window [first, first + 32 · words) of an example to shared memory: `planes` holds
/// kBases planes of `words` words each and, if kUnknown, a fifth for N. Callers put a barrier behind it.
template <bool kUnknown = false>
__device__ __forceinline__ void load_planes(const DnaExample& example, std::int64_t first, int words,
                                            std::uint32_t* planes) {
  for (int w = static_cast<int>(threadIdx.x); w < words; w += static_cast<int>(blockDim.x)) {
    const BasePlanes bases = example.load(first + std::int64_t{32} * w);
#pragma unroll
    for (int base = 0; base < kBases; ++base) planes[base * words + w] = bases.base[base];
    if constexpr (kUnknown) planes[kBases * words + w] = bases.unknown;
  }
}

/// The 32 bits of a plane from `position` on.
__device__ __forceinline__ std::uint32_t window32(const std::uint32_t* plane, int position) {
  return __funnelshift_r(plane[position >> 5], plane[(position >> 5) + 1], position & 31);
}

}  // namespace genocuda::kernels
