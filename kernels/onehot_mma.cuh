// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The convolution over one-hot DNA on the tensor cores: sums[row, filter] = A · B with A [16 rows x 16] made in
/// registers out of bit planes and B [16 x 8 filters] the filters, packed in the order of fragments.
///
/// The 16 columns of A are 4 taps x 4 bases. A lane's share of a row are the bases 2h and 2h + 1 (h = lane & 1) of the
/// taps (lane / 2) % 2 and 2 more: two neighbouring numbers make a register. With y = 16 bits of plane 2h below 16 bits
/// of plane 2h + 1, y << (14 − e) & 0x40004000 is that register for the base e on: bit 14 alone is 2 in bf16 and in
/// fp16, so filters are packed halved. Two instructions a register, and no one-hot number in any memory.
///
/// For the accuracy of float (FilterForm::split) a filter, scaled by a power of two, is the sum of two fp16 numbers,
/// the second times 2^-12: bit 12 alone is 2^-11 in fp16, so a second product with 0x10001000 adds the rest. One-hot
/// numbers are exact, so that 2^-22 of a weight is all that is lost.
///
/// Several sums that lie next to each other, `kSteps` of them, are made for each row at once: they share the fragments
/// of B, which come from shared memory 8 bytes a lane, and the bits of A. One tile is 16 rows x 32 filters x
/// kSteps: 16 · kSteps accumulators. Twice as many filters would halve the work of making A, but at 240 registers
/// two warps a scheduler remain to hide the latency of everything; at 128 to 168 three or four do.

#include "kernels/dna.cuh"
#include "kernels/grid.cuh"
#include "kernels/onehot_conv1d.h"
#include "kernels/ptx.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels::onehot_mma {

constexpr int kWarps = 4;
constexpr int kThreads = 32 * kWarps;
constexpr int kTiles = 4;             ///< of 8 filters, a warp's
constexpr int kFilters = 8 * kTiles;  ///< of a block
constexpr int kTapsAtOnce = 16;       ///< what the bits of one window serve
constexpr std::int64_t kWidest = 64;  ///< taps whose filters fit into shared memory beside the planes
constexpr std::int64_t kMostFilters = 65535 * kFilters;
constexpr std::size_t kShared = 48 * 1024;  ///< what every GPU gives without being asked

/// Products of 16 columns that the taps take.
constexpr int products(std::int64_t width) { return static_cast<int>((width + 3) / 4); }
/// Numbers that a weight is the sum of.
constexpr int parts(FilterForm form) { return form == FilterForm::split ? 2 : 1; }
constexpr int group_words(const OnehotConv1d& conv, FilterForm form) {
  return products(conv.width) * parts(form) * kTiles * 64;
}
constexpr std::int64_t groups(const OnehotConv1d& conv) { return (conv.filters + kFilters - 1) / kFilters; }

/// Filters as the tensor cores take them, in scratch.
struct PackedFilters {
  std::uint32_t* fragments;  ///< [groups][products][parts][kTiles][32 lanes][2]
  float* scales;             ///< [groups][kFilters]: what undoes the scaling
  std::uint32_t* unusual;    ///< [groups]: bit i where filter i of the group has a number that is not finite
};
PackedFilters packed_filters(const OnehotConv1d& conv, FilterForm form, void* scratch);

/// Fills that.
void pack_filters(const OnehotConv1d& conv, FilterForm form, Storage storage, const void* filters,
                  const PackedFilters& packed, Stream stream);

/// The filter of its group that column `column` of tile `n` is: so that a lane, which holds columns 2q and 2q + 1, has
/// four neighbouring filters in each two tiles, and four lanes store 16 of them side by side.
constexpr int filter_of(int n, int column) { return n / 2 * 16 + column / 2 * 4 + n % 2 * 2 + column % 2; }

/// Starts to copy a group's fragments to shared memory.
__device__ __forceinline__ void copy_fragments(const std::uint32_t* __restrict__ group, int words,
                                               std::uint32_t* __restrict__ fragments) {
  for (int i = 4 * static_cast<int>(threadIdx.x); i < words; i += 4 * kThreads) {
    ptx::cp_async16(fragments + i, group + i);
  }
  ptx::cp_async_commit();
}

/// 32 bits of both planes of a lane for one of its rows.
struct RowBits {
  std::uint32_t low, high;  ///< bits 0 to 15 and 16 to 31; of the first plane in the lower halves
  __device__ __forceinline__ RowBits(std::uint32_t first, std::uint32_t second) {
    low = __byte_perm(first, second, 0x5410);
    high = __byte_perm(first, second, 0x7632);
  }
  /// Two neighbouring numbers of the row: bit kBit of each half where base `e` from here on is that of the plane.
  template <int kBit>
  __device__ __forceinline__ std::uint32_t hot(int e) const {
    constexpr std::uint32_t kMask = (1u << kBit) | (1u << (kBit + 16));
    const std::uint32_t bits = e < 16 ? low : high;
    const int left = kBit - (e & 15);
    return (left >= 0 ? bits << left : bits >> -left) & kMask;
  }
};

/// What a lane needs to know of the planes of its block and of its place in the warp.
struct LanePlanes {
  const std::uint32_t *first, *second;  ///< the planes of its two bases
  int tap;                              ///< its first tap, 0 or 1
  __device__ __forceinline__ LanePlanes(const std::uint32_t* planes, int words, int lane)
      : first(planes + 2 * (lane & 1) * words), second(first + words), tap(lane >> 1 & 1) {}
};

/// acc[i][n] += the products of the 16 columns that start with base e + i, with one part of the filters.
template <FilterForm kForm, int kBit, int kSteps>
__device__ __forceinline__ void multiply(float (&acc)[kSteps][kTiles][4], const RowBits& upper, const RowBits& lower,
                                         int e, const std::uint32_t* part) {
  std::uint32_t b[kTiles][2];
#pragma unroll
  for (int n = 0; n < kTiles; ++n) {
    const uint2 two = *reinterpret_cast<const uint2*>(part + n * 64);
    b[n][0] = two.x;
    b[n][1] = two.y;
  }
#pragma unroll
  for (int i = 0; i < kSteps; ++i) {
    const std::uint32_t a[4] = {upper.hot<kBit>(e + i), lower.hot<kBit>(e + i), upper.hot<kBit>(e + i + 2),
                                lower.hot<kBit>(e + i + 2)};
#pragma unroll
    for (int n = 0; n < kTiles; ++n) {
      if constexpr (kForm == FilterForm::split) {
        ptx::mma_m16n8k16_f16(acc[i][n], a, b[n]);
      } else {
        ptx::mma_m16n8k16_bf16(acc[i][n], a, b[n]);
      }
    }
  }
}

/// acc[i][n] += the sums at positions upper + i (its rows 0 to 7) and lower + i (rows 8 to 15) of the planes.
template <FilterForm kForm, int kSteps>
__device__ __forceinline__ void accumulate(float (&acc)[kSteps][kTiles][4], const LanePlanes& planes, int upper,
                                           int lower, const std::uint32_t* fragments, int count, int lane) {
  static_assert(kSteps - 1 + kTapsAtOnce - 2 < 32, "one window of 32 bits");
  for (int from = 0; from < count; from += kTapsAtOnce / 4) {
    const int at = 4 * from + planes.tap;
    const RowBits upper_bits(window32(planes.first, upper + at), window32(planes.second, upper + at));
    const RowBits lower_bits(window32(planes.first, lower + at), window32(planes.second, lower + at));
#pragma unroll
    for (int s = 0; s < kTapsAtOnce / 4; ++s) {
      if (from + s >= count) break;  // the same in the whole grid
      const std::uint32_t* part = fragments + (from + s) * parts(kForm) * kTiles * 64 + 2 * lane;
      multiply<kForm, 14>(acc, upper_bits, lower_bits, 4 * s, part);
      if constexpr (kForm == FilterForm::split) {
        multiply<kForm, 12>(acc, upper_bits, lower_bits, 4 * s, part + kTiles * 64);
      }
    }
  }
}

/// One sum as onehot_conv1d makes it: for filters whose numbers are not all finite, which times 0 are not 0.
template <typename T>
__device__ __forceinline__ float plain_sum(const OnehotConv1d& conv, const std::uint32_t* planes, int words, int at,
                                           const T* __restrict__ filters, std::int64_t f) {
  float sum = 0;
  for (int tap = 0; tap < static_cast<int>(conv.width); ++tap) {
    const int word = (at + tap) >> 5, bit = (at + tap) & 31;
    for (int base = 0; base < kBases; ++base) {
      if (planes[base * words + word] >> bit & 1u) sum += to_float(filters[(tap * kBases + base) * conv.filters + f]);
    }
  }
  return sum;
}

/// The rows of all examples in runs: a block takes one of them and one group of filters.
struct RowRuns {
  std::int64_t a_example;  ///< runs of an example
  int rows;                ///< of a run, the last of an example may have fewer
  int words;               ///< of a plane that holds what a run looks at
};

/// Positions that a row of `steps` sums looks at, with what comes along in whole windows.
constexpr std::int64_t span_of(const OnehotConv1d& conv, std::int64_t steps) {
  return steps + (conv.width + kTapsAtOnce - 1) / kTapsAtOnce * kTapsAtOnce;
}

/// Runs of up to 256 rows (16 tiles for four warps), fewer where rows are so far apart that planes would not fit.
/// A row looks at `span` positions, the next one `stride` further on.
inline RowRuns row_runs(const OnehotConv1d& conv, FilterForm form, std::int64_t rows, std::int64_t stride,
                        std::int64_t span) {
  constexpr std::int64_t kMostRows = 256;
  const std::size_t left = kShared - group_words(conv, form) * sizeof(std::uint32_t);
  RowRuns runs{};
  std::int64_t most = rows < kMostRows ? rows : kMostRows;
  for (;; most = (most + 1) / 2) {
    runs.words = plane_words((most - 1) * stride + span);
    if (most == 1 || kBases * runs.words * sizeof(std::uint32_t) <= left) break;
  }
  runs.a_example = ceil_div(rows, most);
  runs.rows = static_cast<int>(ceil_div(rows, runs.a_example));
  return runs;
}

/// Runs along x and z, groups along y.
inline dim3 grid_of(const OnehotConv1d& conv, const RowRuns& runs) {
  constexpr std::int64_t kMost = 0x7fffffff;
  const std::int64_t all = conv.batch * runs.a_example;
  return {static_cast<unsigned>(all < kMost ? all : kMost), static_cast<unsigned>(groups(conv)),
          static_cast<unsigned>(ceil_div(all, kMost))};
}
__device__ __forceinline__ std::int64_t run_of_block() {
  return static_cast<std::int64_t>(blockIdx.z) * gridDim.x + blockIdx.x;
}

inline std::size_t shared_bytes(const OnehotConv1d& conv, FilterForm form, const RowRuns& runs) {
  return (group_words(conv, form) + kBases * runs.words) * sizeof(std::uint32_t);
}

/// Filters that are stored in bf16 lose nothing in that form.
constexpr FilterForm form_for(FilterForm wanted, Storage storage) {
  return storage == Storage::bf16 ? FilterForm::bf16 : wanted;
}

/// Calls `f(T{}, std::integral_constant<FilterForm, …>{})`, T the storage: for what form_for gives.
template <typename F>
void with_form(FilterForm form, Storage storage, F f) {
  constexpr std::integral_constant<FilterForm, FilterForm::bf16> kOnePart;
  constexpr std::integral_constant<FilterForm, FilterForm::split> kTwoParts;
  if (storage == Storage::bf16) {
    f(bf16{}, kOnePart);
  } else if (form == FilterForm::bf16) {
    f(float{}, kOnePart);
  } else {
    f(float{}, kTwoParts);
  }
}

}  // namespace genocuda::kernels::onehot_mma
