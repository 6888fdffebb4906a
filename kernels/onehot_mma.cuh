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
/// of B, which come from shared memory 8 or 16 bytes a lane, and the bits of A. One tile is 16 rows x 32 filters x
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
constexpr int kTiles = 4;                   ///< of 8 filters, a warp's
constexpr int kFilters = 8 * kTiles;        ///< of a block
constexpr int kTapsAtOnce = 16;             ///< what the bits of one window serve
constexpr std::int64_t kWidest = 64;        ///< taps whose filters fit into shared memory beside the planes
constexpr std::size_t kShared = 48 * 1024;  ///< what every GPU gives without being asked

/// Products of 16 columns that the taps take.
constexpr int products(std::int64_t width) { return static_cast<int>((width + 3) / 4); }
/// Words of a lane for 8 filters in one product.
constexpr int lane_words(FilterForm form) { return form == FilterForm::split ? 4 : 2; }
constexpr int group_words(const OnehotConv1d& conv, FilterForm form) {
  return products(conv.width) * kTiles * 32 * lane_words(form);
}
constexpr std::int64_t groups(const OnehotConv1d& conv) { return (conv.filters + kFilters - 1) / kFilters; }

/// Filters as the tensor cores take them, in scratch.
struct PackedFilters {
  std::uint32_t* fragments;  ///< [groups][products][kTiles][32 lanes][lane_words]
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

/// Two neighbouring numbers of a row for the bases from `e` on: bit kBit of each half where that base is there.
template <int kBit>
__device__ __forceinline__ std::uint32_t hot(std::uint32_t low, std::uint32_t high, int e) {
  constexpr std::uint32_t kMask = (1u << kBit) | (1u << (kBit + 16));
  const std::uint32_t bits = e < 16 ? low : high;
  const int left = kBit - (e & 15);
  return (left >= 0 ? bits << left : bits >> -left) & kMask;
}

/// What a lane needs to know of the planes of its block and of its place in the warp.
struct LanePlanes {
  const std::uint32_t *first, *second;  ///< the planes of its two bases
  int tap;                              ///< its first tap, 0 or 1
  __device__ __forceinline__ LanePlanes(const std::uint32_t* planes, int words, int lane)
      : first(planes + 2 * (lane & 1) * words), second(first + words), tap(lane >> 1 & 1) {}
};

/// acc[i][n] += the sums at positions upper + i (its rows 0 to 7) and lower + i (rows 8 to 15) of the planes.
template <FilterForm kForm, int kSteps>
__device__ __forceinline__ void accumulate(float (&acc)[kSteps][kTiles][4], const LanePlanes& planes, int upper,
                                           int lower, const std::uint32_t* fragments, int count, int lane) {
  static_assert(kSteps - 1 + kTapsAtOnce - 2 < 32, "one window of 32 bits");
  constexpr int kWords = lane_words(kForm);
  for (int from = 0; from < count; from += kTapsAtOnce / 4) {
    const int at = 4 * from + planes.tap;
    const std::uint32_t u0 = window32(planes.first, upper + at), u1 = window32(planes.second, upper + at);
    const std::uint32_t l0 = window32(planes.first, lower + at), l1 = window32(planes.second, lower + at);
    const std::uint32_t upper_low = __byte_perm(u0, u1, 0x5410), upper_high = __byte_perm(u0, u1, 0x7632);
    const std::uint32_t lower_low = __byte_perm(l0, l1, 0x5410), lower_high = __byte_perm(l0, l1, 0x7632);
#pragma unroll
    for (int s = 0; s < kTapsAtOnce / 4; ++s) {
      if (from + s >= count) break;  // the same in the whole grid
      std::uint32_t b[kTiles][kWords / 2][2];
#pragma unroll
      for (int n = 0; n < kTiles; ++n) {
        const std::uint32_t* words = fragments + (((from + s) * kTiles + n) * 32 + lane) * kWords;
        if constexpr (kForm == FilterForm::split) {
          const uint4 four = *reinterpret_cast<const uint4*>(words);
          b[n][0][0] = four.x, b[n][0][1] = four.y, b[n][1][0] = four.z, b[n][1][1] = four.w;
        } else {
          const uint2 two = *reinterpret_cast<const uint2*>(words);
          b[n][0][0] = two.x, b[n][0][1] = two.y;
        }
      }
#pragma unroll
      for (int i = 0; i < kSteps; ++i) {
        const int e = i + 4 * s;
        const std::uint32_t a[4] = {hot<14>(upper_low, upper_high, e), hot<14>(lower_low, lower_high, e),
                                    hot<14>(upper_low, upper_high, e + 2), hot<14>(lower_low, lower_high, e + 2)};
        if constexpr (kForm == FilterForm::split) {
          const std::uint32_t rest[4] = {hot<12>(upper_low, upper_high, e), hot<12>(lower_low, lower_high, e),
                                         hot<12>(upper_low, upper_high, e + 2), hot<12>(lower_low, lower_high, e + 2)};
#pragma unroll
          for (int n = 0; n < kTiles; ++n) ptx::mma_m16n8k16_f16(acc[i][n], a, b[n][0]);
#pragma unroll
          for (int n = 0; n < kTiles; ++n) ptx::mma_m16n8k16_f16(acc[i][n], rest, b[n][1]);
        } else {
#pragma unroll
          for (int n = 0; n < kTiles; ++n) ptx::mma_m16n8k16_bf16(acc[i][n], a, b[n][0]);
        }
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

/// How a grid shares out the rows of all examples: block (x, y) takes runs x, x + gridDim.x, … and groups y, ….
struct RowRuns {
  std::int64_t a_example;  ///< runs of an example
  int rows;                ///< of a run, the last of an example may have fewer
  int words;               ///< of a plane that holds what a run looks at
};

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

inline dim3 grid_of(const OnehotConv1d& conv, const RowRuns& runs) {
  constexpr std::int64_t kMost = 0x7fffffff, kMostGroups = 65535;
  const std::int64_t items = conv.batch * runs.a_example, all = groups(conv);
  return {static_cast<unsigned>(items < kMost ? items : kMost),
          static_cast<unsigned>(all < kMostGroups ? all : kMostGroups)};
}

inline std::size_t shared_bytes(const OnehotConv1d& conv, FilterForm form, const RowRuns& runs) {
  return (group_words(conv, form) + kBases * runs.words) * sizeof(std::uint32_t);
}

/// Calls `f` with the form as a type: `f(std::integral_constant<FilterForm, …>{})`.
template <typename F>
void with_form(FilterForm form, F f) {
  if (form == FilterForm::split) {
    f(std::integral_constant<FilterForm, FilterForm::split>{});
  } else {
    f(std::integral_constant<FilterForm, FilterForm::bf16>{});
  }
}

}  // namespace genocuda::kernels::onehot_mma
