// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The product of a few rows with a large matrix, as of a dense layer on a small batch.

#include "kernels/gemm_output.cuh"
#include "kernels/grid.cuh"

namespace genocuda::kernels {

struct FewRowsTile {
  static constexpr int kWarps = 8, kThreads = 32 * kWarps;
  static constexpr int kColumns = 128;  ///< 4 a lane
  static constexpr int kTerms = 256;    ///< of the rows in shared memory at a time
};

/// y = A · B for up to `kRows` rows (1, 4 or 16) in fp32: matrices of contiguous rows, gemm.a and gemm.b.
/// Block: 128 columns, and the terms of its split (z), of which every warp takes each eighth; lane: 4 columns of B's
/// rows by 16 bytes (8 in bf16), multiplied with all rows, whose numbers come from shared memory as one address a warp.
/// So B is read once, in whole sectors, by as many blocks as it takes to draw the full memory bandwidth; the
/// multiply-adds (4 · kRows for 16 bytes) take half that time at 16 rows. Warps are added up through shared memory as a
/// tree. Bound by B: DeepSEA's first dense layer (47 M weights) 63 µs in float, 31 in bf16 at 3 TB/s. Shared memory: 32
/// KB at 16 rows.
template <typename T, int kRows>
__global__ void __launch_bounds__(FewRowsTile::kThreads, 2)
    few_rows_kernel(const __grid_constant__ Gemm gemm, const __grid_constant__ GemmPlan plan) {
  using Tile = FewRowsTile;
  struct alignas(16) Shared {
    union {
      float rows[Tile::kTerms][kRows];
      float sums[Tile::kWarps / 2][kRows][Tile::kColumns];
    };
  };
  KERNEL_SHARED(Shared, shared);
  struct alignas(4 * sizeof(T)) Four {
    T values[4];
  };
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const std::int64_t column = blockIdx.x * std::int64_t{Tile::kColumns} + lane * 4;
  const std::int64_t begin = blockIdx.z * plan.terms;
  const std::int64_t end = begin + plan.terms < gemm.k ? begin + plan.terms : gemm.k;
  const T* const a = static_cast<const T*>(gemm.a.data);
  const T* const b = static_cast<const T*>(gemm.b.data);

  float sums[kRows][4];
#pragma unroll
  for (int e = 0; e < 4; ++e) {
    const float initial = warp == 0 ? bias_at<T>(gemm, column + e) : 0.0f;
#pragma unroll
    for (int r = 0; r < kRows; ++r) sums[r][e] = initial;
  }
  for (std::int64_t first = begin; first < end; first += Tile::kTerms) {
    __syncthreads();
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      const std::int64_t term = first + threadIdx.x;
      shared.rows[threadIdx.x][r] = r < gemm.m && term < end ? to_float(a[r * gemm.k + term]) : 0.0f;
    }
    __syncthreads();
    const int terms = static_cast<int>(end - first < Tile::kTerms ? end - first : Tile::kTerms);
    const T* const b_first = b + first * gemm.n + column;
    // Loads under way, 16 bytes each: at 16 rows two of them are all that registers leave room for.
#pragma unroll(kRows < 16 ? 4 : 2)
    for (int t = warp; t < terms; t += Tile::kWarps) {
      Four weights{};
      if (gemm.b.piece >= static_cast<int>(sizeof(Four))) {
        if (column < gemm.n) weights = *reinterpret_cast<const Four*>(b_first + t * gemm.n);
      } else {
#pragma unroll
        for (int e = 0; e < 4; ++e) {
          if (column + e < gemm.n) weights.values[e] = b_first[t * gemm.n + e];
        }
      }
#pragma unroll
      for (int r = 0; r < kRows; ++r) {
#pragma unroll
        for (int e = 0; e < 4; ++e) sums[r][e] = fmaf(shared.rows[t][r], to_float(weights.values[e]), sums[r][e]);
      }
    }
  }

#pragma unroll
  for (int half = Tile::kWarps / 2; half > 0; half /= 2) {
    __syncthreads();
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      float4* const place = reinterpret_cast<float4*>(&shared.sums[warp % half][r][lane * 4]);
      if (warp >= half && warp < 2 * half) *place = make_float4(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
    }
    __syncthreads();
    if (warp >= half) continue;
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      const float4 other = *reinterpret_cast<const float4*>(&shared.sums[warp][r][lane * 4]);
      sums[r][0] += other.x, sums[r][1] += other.y, sums[r][2] += other.z, sums[r][3] += other.w;
    }
  }
  if (warp > 0) return;
  const TileOutput<T> y(gemm, plan);
#pragma unroll
  for (int r = 0; r < kRows; ++r) {
    if (r >= gemm.m) break;
    y.store_pair(y.row(r), column, sums[r][0], sums[r][1]);
    y.store_pair(y.row(r), column + 2, sums[r][2], sums[r][3]);
  }
}

}  // namespace genocuda::kernels
