// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_input_gradient.h"

#include "kernels/grid.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kBases = 4;
constexpr int kWarps = 4, kThreads = 32 * kWarps;
constexpr int kFilters = 16;  // of a stage
constexpr int kFiltersOfWarp = kFilters / kWarps;
constexpr int kTaps = 32;  // of a stage

/// Four numbers a position, in one access.
template <typename T>
struct alignas(kBases * sizeof(T)) Bases {
  T values[kBases];
};

/// What a stage has of dy: kFilters rows of neighbouring positions, and after every kRun of them one word of nothing,
/// so that lanes that own kRun neighbours each read from different banks.
template <int kRun>
struct Tile {
  static constexpr int kPositions = 32 * kRun;
  static constexpr int kColumns = kPositions + kTaps - 1;
  static constexpr int column(int position) { return position + position / kRun; }
  /// 2 more than a multiple of 8, so that the threads that store four neighbouring filters of eight positions store
  /// to different banks, too.
  static constexpr int kPitch = (column(kColumns - 1) + 1 + 5) / 8 * 8 + 2;
};

/// Stages dy: tile[f][column(j)] = dy[first + j, first_filter + f], 0 where there is none.
template <int kRun, bool kAligned, typename T>
__device__ __forceinline__ void stage_gradient(const InputGradientShape& n, const T* __restrict__ dy,
                                               std::int64_t first, std::int64_t first_filter, int columns,
                                               float* tile) {
  using Of = Tile<kRun>;
  constexpr int kSize = Pack<T>::kSize, kPacks = kFilters / kSize;
  for (int i = static_cast<int>(threadIdx.x); i < columns * kPacks; i += kThreads) {
    const int column = i / kPacks, f = i % kPacks * kSize;
    const std::int64_t position = first + column, filter = first_filter + f;
    const T* from = dy + position * n.filters + filter;
    const bool inside = position >= 0 && position < n.out_length;
    float values[kSize] = {};
    if (inside && filter + kSize <= n.filters) {
      load_floats<kSize>(values, from, kAligned);
    } else if (inside) {
#pragma unroll
      for (int v = 0; v < kSize; ++v) values[v] = filter + v < n.filters ? to_float(from[v]) : 0.0f;
    }
#pragma unroll
    for (int v = 0; v < kSize; ++v) tile[(f + v) * Of::kPitch + Of::column(column)] = values[v];
  }
}

/// Stages filters: weights[t][f] = the four numbers of tap first_tap + t, 0 where there is no such filter.
template <typename T>
__device__ __forceinline__ void stage_filters(const InputGradientShape& n, const T* __restrict__ filters,
                                              std::int64_t first_tap, std::int64_t first_filter, int taps,
                                              float4* weights) {
  for (int i = static_cast<int>(threadIdx.x); i < taps * kFilters; i += kThreads) {
    const std::int64_t tap = first_tap + i / kFilters, filter = first_filter + i % kFilters;
    float values[kBases];
#pragma unroll
    for (int base = 0; base < kBases; ++base) {
      values[base] = filter < n.filters ? to_float(__ldg(filters + (tap * kBases + base) * n.filters + filter)) : 0.0f;
    }
    weights[i] = {values[0], values[1], values[2], values[3]};
  }
}

/// A block makes dx of 32 · kRun neighbouring positions of an example, a lane kRun neighbours of these. In stages of 16
/// filters and up to 32 taps, dy and the filters come to shared memory; each warp takes four of the filters, and the
/// four warps' sums are added in their order at the end. For a filter a lane slides over the taps with 2 · kRun − 1
/// numbers of dy in registers: kRun taps take kRun reads of dy, kRun of the filters (one 16-byte word for all lanes),
/// both without bank conflicts, and 4 · kRun² multiply-adds. So the fp32 units bind: for Basset's first layer at batch
/// 256 (300 x 19 over 600) 3.5 G multiply-adds, 117 µs on an H100, against 61 µs to read dy once.
///
/// Sums run over 4 filters x 32 taps and are then added to totals. Shared memory: 29 KB (kRun 8), 21 KB (kRun 4).
template <int kRun, bool kAligned, typename T>
__global__ void __launch_bounds__(kThreads, 4)
    input_gradient_kernel(InputGradientShape n, const T* __restrict__ dy, const T* __restrict__ filters,
                          Bases<T>* __restrict__ dx) {
  using Of = Tile<kRun>;
  KERNEL_SHARED(float4, words, [kFilters * Of::kPitch / 4]);
  KERNEL_SHARED(float4, weights, [kTaps * kFilters]);
  float* const tile = reinterpret_cast<float*>(words);
  constexpr int kPitchOfSums = 33;
  static_assert(kWarps * kRun * kPitchOfSums * 4 <= kFilters * Of::kPitch);
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t tiles = ceil_div(n.length, Of::kPositions);

  for (std::int64_t block = blockIdx.x; block < n.batch * tiles; block += gridDim.x) {
    const std::int64_t b = block / tiles, first = block % tiles * Of::kPositions;
    float totals[kRun][kBases] = {};
    for (std::int64_t tap = 0; tap < n.width; tap += kTaps) {
      const int left = n.width - tap < kTaps ? static_cast<int>(n.width - tap) : kTaps;
      const int taps = (left + kRun - 1) / kRun * kRun;  // of which the last run uses `left`
      for (std::int64_t filter = 0; filter < n.filters; filter += kFilters) {
        // Position i meets tap k at output position i + pad_left − k: the last tap is the first column's.
        stage_gradient<kRun, kAligned>(n, dy + b * n.out_length * n.filters, first + n.pad_left - (tap + taps - 1),
                                       filter, Of::kPositions + taps - 1, tile);
        stage_filters(n, filters, tap, filter, left, weights);
        __syncthreads();
        float sums[kRun][kBases] = {};
#pragma unroll 1
        for (int f = warp * kFiltersOfWarp; f < (warp + 1) * kFiltersOfWarp; ++f) {
          // Columns kRun · lane + taps − kRun + [0, 2 · kRun − 1) for the first taps, kRun less for the next ones.
          const float* from = tile + f * Of::kPitch + (kRun + 1) * (lane + taps / kRun - 1);
          float seen[2 * kRun - 1];
#pragma unroll
          for (int x = kRun; x < 2 * kRun - 1; ++x) seen[x] = from[x + 1];
#pragma unroll 1
          for (int t = 0; t < taps; t += kRun, from -= kRun + 1) {
#pragma unroll
            for (int x = 0; x < kRun; ++x) seen[x] = from[x];
#pragma unroll
            for (int u = 0; u < kRun; ++u) {
              if (t + u >= left) break;
              const float4 w = weights[(t + u) * kFilters + f];
#pragma unroll
              for (int r = 0; r < kRun; ++r) {
                const float d = seen[kRun - 1 + r - u];
                sums[r][0] += d * w.x;
                sums[r][1] += d * w.y;
                sums[r][2] += d * w.z;
                sums[r][3] += d * w.w;
              }
            }
#pragma unroll
            for (int x = 0; x < kRun - 1; ++x) seen[kRun + x] = seen[x];
          }
        }
#pragma unroll
        for (int r = 0; r < kRun; ++r) {
#pragma unroll
          for (int base = 0; base < kBases; ++base) totals[r][base] += sums[r][base];
        }
        __syncthreads();
      }
    }

    float4* const of_warps = words;  // [kWarps][kRun][kPitchOfSums]
#pragma unroll
    for (int r = 0; r < kRun; ++r) {
      of_warps[(warp * kRun + r) * kPitchOfSums + lane] = {totals[r][0], totals[r][1], totals[r][2], totals[r][3]};
    }
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < Of::kPositions && first + i < n.length; i += kThreads) {
      float4 sum = of_warps[i % kRun * kPitchOfSums + i / kRun];
#pragma unroll
      for (int w = 1; w < kWarps; ++w) {
        const float4 of_warp = of_warps[(w * kRun + i % kRun) * kPitchOfSums + i / kRun];
        sum = {sum.x + of_warp.x, sum.y + of_warp.y, sum.z + of_warp.z, sum.w + of_warp.w};
      }
      dx[b * n.length + first + i] = {from_float<T>(sum.x), from_float<T>(sum.y), from_float<T>(sum.z),
                                      from_float<T>(sum.w)};
    }
    __syncthreads();
  }
}

template <int kRun, typename T>
void launch_input_gradient(const InputGradientShape& n, const T* dy, const T* filters, void* dx, Stream stream) {
  constexpr std::int64_t kMostBlocks = 1 << 20;
  const bool aligned = aligned16(dy) && n.filters % Pack<T>::kSize == 0;
  const unsigned blocks = blocks_for(n.batch * ceil_div(n.length, Tile<kRun>::kPositions), 1, kMostBlocks);
  const auto kernel = aligned ? input_gradient_kernel<kRun, true, T> : input_gradient_kernel<kRun, false, T>;
  launch(kernel, blocks, kThreads, 0, stream, n, dy, filters, static_cast<Bases<T>*>(dx));
}

}  // namespace

void onehot_conv1d_input_gradient(const InputGradientShape& n, Storage storage, const void* dy, const void* filters,
                                  void* dx, Stream stream) {
  if (n.batch * n.length == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    // Runs of four read more words a product, but leave less of the last tile idle: taken if they save an eighth.
    const std::int64_t of_four = ceil_div(n.length, 128) * 128, of_eight = ceil_div(n.length, 256) * 256;
    const auto run = of_four * 8 <= of_eight * 7 ? launch_input_gradient<4, T> : launch_input_gradient<8, T>;
    run(n, static_cast<const T*>(dy), static_cast<const T*>(filters), dx, stream);
  });
}

}  // namespace genocuda::kernels
