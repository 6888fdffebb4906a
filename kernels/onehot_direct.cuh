// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The convolution over one-hot DNA on the CUDA cores, with or without a pool behind it, for every shape.

#include "kernels/dna.cuh"
#include "kernels/grid.cuh"
#include "kernels/onehot_epilogue.cuh"

namespace genocuda::kernels::onehot_direct {

constexpr int kThreads = 256;
constexpr int kFilters = 32;               ///< of a block
constexpr int kRows = 128;                 ///< outputs (positions, or windows of the pool) of a block at a time
constexpr int kRowsEach = 4;               ///< of a thread
constexpr int kLanes = kFilters / 4;       ///< threads side by side over the filters
constexpr int kCodes = 6;                  ///< A, C, G, T, N, none
constexpr int kPairs = kCodes * kCodes;    ///< of neighbouring codes
constexpr int kPairsAtOnce = 20;           ///< pairs of taps whose tables shared memory holds
constexpr std::int64_t kBlocks = 2 * 132;  ///< two on each SM of the largest GPUs; more would make tables for nothing

static_assert(kThreads / kLanes * kRowsEach == kRows);

/// What an output adds for the code at a tap.
template <typename T>
__device__ __forceinline__ float tap_value(const OnehotConv1d& conv, const T* __restrict__ filters, std::int64_t tap,
                                           int code, std::int64_t f) {
  if (tap >= conv.width || f >= conv.filters) return 0;
  const T* of_tap = filters + tap * kBases * conv.filters + f;
  if (code < kBases) return to_float(of_tap[code * conv.filters]);
  if (code > kBases || !conv.quarters) return 0;
  return 0.25f * ((to_float(of_tap[0]) + to_float(of_tap[conv.filters])) +
                  (to_float(of_tap[2 * conv.filters]) + to_float(of_tap[3 * conv.filters])));
}

/// Sums of two neighbouring taps are looked up, not added: for each pair of taps shared memory holds a table of what
/// the 36 pairs of codes add to 32 filters, 128 bytes a row. A block owns 32 filters and walks over the batch; it takes
/// 128 outputs at a time, for which it first writes down the row of each (pair of taps, output), which makes stride,
/// dilation, strands, N and ends of contigs nobody else's business. A thread owns 4 outputs x 4 filters: a look-up is
/// one byte of a word and one 16-byte load, and the eight lanes that share an output read one row, so no banks
/// conflict.
///
/// Basset's first layer at batch 256 (600 positions, 19 taps, 300 filters): 10 pairs x 256 x 600 x 300 x 4 bytes =
/// 1.8 GB out of shared memory, 62 us at 128 bytes a clock on 132 SMs; y is 184 MB, 61 us at 3 TB/s. One float addition
/// a look-up (0.46 G) hides behind both. Tables (46 KB) are made once a block: 36 x 10 x 32 sums.
///
/// Sums of wide filters run over tables of 40 taps and then over those, so that their errors stay those of 40
/// additions.
template <typename T, bool kPool>
__global__ void __launch_bounds__(kThreads, 2)
    onehot_conv1d_direct_kernel(OnehotConv1d conv, OnehotPool pool, DnaSource dna, const T* __restrict__ filters,
                                const T* __restrict__ bias, T* __restrict__ y, std::uint8_t* __restrict__ argmax,
                                int pairs_at_once, bool wide) {
  KERNEL_DYNAMIC_SHARED(float, table);  // [pairs][36][32], then bytes rows[pairs][128]
  auto* rows = reinterpret_cast<std::uint8_t*>(table + pairs_at_once * kPairs * kFilters);
  const int tid = static_cast<int>(threadIdx.x), lane = tid % kLanes, place = tid / kLanes * kRowsEach;
  const std::int64_t pairs = (conv.width + 1) / 2;
  const std::int64_t tiles = ceil_div(pool.windows, kRows), items = conv.batch * tiles;
  const std::int64_t groups = ceil_div(conv.filters, kFilters);
  const auto steps = static_cast<int>(pool.width);

  for (std::int64_t group = blockIdx.y; group < groups; group += gridDim.y) {
    const std::int64_t f = group * kFilters + 4 * lane;
    bool tabled = false;  // the one table there is
    for (std::int64_t item = blockIdx.x; item < items; item += gridDim.x) {
      const std::int64_t b = item / tiles, first_row = item % tiles * kRows;
      const DnaExample example(dna, b);
      float best[kRowsEach][4];
      int winner[kRowsEach][4];

      for (int k = 0; k < steps; ++k) {
        float total[kRowsEach][4] = {};
        for (std::int64_t from = 0; from < pairs; from += pairs_at_once) {
          const int count = static_cast<int>(pairs - from < pairs_at_once ? pairs - from : pairs_at_once);
          __syncthreads();  // the last tables and rows have been read
          if (!tabled) {
            for (int i = tid; i < count * kPairs * kFilters; i += kThreads) {
              const int row = i / kFilters % kPairs;
              const std::int64_t tap = 2 * (from + i / (kFilters * kPairs)), filter = group * kFilters + i % kFilters;
              table[i] = tap_value(conv, filters, tap, row / kCodes, filter) +
                         tap_value(conv, filters, tap + 1, row % kCodes, filter);
            }
            tabled = pairs_at_once >= pairs;
          }
          for (int i = tid; i < count * kRows; i += kThreads) {
            const std::int64_t position = (first_row + i % kRows) * pool.stride - pool.pad_left + k;
            const std::int64_t at = position * conv.stride - conv.pad_left + 2 * (from + i / kRows) * conv.dilation;
            rows[i] = static_cast<std::uint8_t>(example.code(at) * kCodes + example.code(at + conv.dilation));
          }
          __syncthreads();
          float sum[kRowsEach][4] = {};
          for (int pair = 0; pair < count; ++pair) {
            const std::uint32_t four = *reinterpret_cast<const std::uint32_t*>(rows + pair * kRows + place);
#pragma unroll
            for (int r = 0; r < kRowsEach; ++r) {
              const int row = pair * kPairs + static_cast<int>(four >> 8 * r & 0xffu);
              const float4 value = *reinterpret_cast<const float4*>(table + row * kFilters + 4 * lane);
              sum[r][0] += value.x;
              sum[r][1] += value.y;
              sum[r][2] += value.z;
              sum[r][3] += value.w;
            }
          }
#pragma unroll
          for (int r = 0; r < kRowsEach; ++r) {
#pragma unroll
            for (int i = 0; i < 4; ++i) total[r][i] += sum[r][i];
          }
        }
#pragma unroll
        for (int r = 0; r < kRowsEach; ++r) {
          const PoolRange range(pool, conv.positions, first_row + place + r);
#pragma unroll
          for (int i = 0; i < 4; ++i) {
            if (k == 0 || k == range.first || (range.holds(k) && beats(total[r][i], best[r][i]))) {
              best[r][i] = total[r][i];
              winner[r][i] = k;
            }
          }
        }
      }

#pragma unroll
      for (int r = 0; r < kRowsEach; ++r) {
        const std::int64_t row = first_row + place + r;
        if (row >= pool.windows || f >= conv.filters) continue;
        const std::int64_t at = (b * pool.windows + row) * conv.filters + f;
        if constexpr (kPool) {
#pragma unroll
          for (int i = 0; i < 4; ++i) best[r][i] += f + i < conv.filters ? to_float(bias[f + i]) : 0.0f;
          activate(pool, best[r]);
          store_four(argmax + at, winner[r], conv.filters - f, wide);
        }
        store_four(y + at, best[r], conv.filters - f, wide);
      }
    }
  }
}

template <bool kPool>
void run(const OnehotConv1d& conv, const OnehotPool& pool, const DnaSource& dna, Storage storage, const void* filters,
         const void* bias, void* y, std::uint8_t* argmax, Stream stream) {
  if (conv.batch == 0 || conv.filters == 0) return;
  const std::int64_t pairs = (conv.width + 1) / 2;
  const int pairs_at_once = static_cast<int>(pairs < kPairsAtOnce ? pairs : kPairsAtOnce);
  const std::int64_t groups = ceil_div(conv.filters, kFilters), items = conv.batch * ceil_div(pool.windows, kRows);
  const std::int64_t wanted = ceil_div(kBlocks, groups);
  const dim3 grid(static_cast<unsigned>(items < wanted ? items : wanted),
                  static_cast<unsigned>(groups < 65535 ? groups : 65535));
  const std::size_t shared = pairs_at_once * (kPairs * kFilters * sizeof(float) + kRows);
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch(onehot_conv1d_direct_kernel<T, kPool>, grid, kThreads, shared, stream, conv, pool, dna,
           static_cast<const T*>(filters), static_cast<const T*>(bias), static_cast<T*>(y), argmax, pairs_at_once,
           fours_fit(conv.filters, y, argmax));
  });
}

}  // namespace genocuda::kernels::onehot_direct
