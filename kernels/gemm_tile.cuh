// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The product on CUDA cores, strictly in fp32: one tile of y a block, its operands read as lines (tap_lines.cuh).

#include "kernels/gemm_output.cuh"
#include "kernels/grid.cuh"
#include "kernels/tap_lines.cuh"

namespace genocuda::kernels {

/// 256 threads as 16 x 16, each with 8 rows and `kColumns` columns of y that are 16 apart.
template <int kColumns>
struct DirectTile {
  static constexpr int kThreads = 256, kAcross = 16, kDepth = 8;
  static constexpr int kRowsPerThread = 8, kRows = 16 * kRowsPerThread, kN = kAcross * kColumns;
  /// Terms are rows of a tile in shared memory. The 4 floats of padding spread what a transposing store writes.
  template <int kExtent>
  using Half = float[kDepth][kExtent + 4];
  struct alignas(16) Shared {
    Half<kRows> a[2];
    Half<kN> b[2];
  };
};

/// An operand on its way into shared memory: fetched into registers before a step is computed, stored after it. The
/// tile has the terms as rows and `kExtent` rows (of A) or columns (of B) of y as columns; where a line of the operand
/// is a term it is copied as it lies, else transposed.
template <typename T, typename Tile, int kExtent, bool kLineIsTerm>
class StagedOperand {
 public:
  using Half = typename Tile::template Half<kExtent>;

  /// The lines or columns of the tile are [first, end) of the operand's.
  __device__ __forceinline__ StagedOperand(const TapLines& operand, std::uint32_t first, std::uint32_t end)
      : operand_(operand), first_(first), end_(end) {}

  /// Terms from `term` on; those from `end` on are zeros.
  __device__ __forceinline__ void fetch(std::uint32_t term, std::uint32_t end) {
#pragma unroll
    for (int i = 0; i < kPieces; ++i) {
      if (!has(i)) continue;
      if constexpr (kLineIsTerm) {
        fetch(values_[i], line_of(term + piece(i) / (kExtent / 4), end), first_ + piece(i) % (kExtent / 4) * 4, end_);
      } else {
        fetch(values_[i], line_of(first_ + piece(i) / (Tile::kDepth / 4), end_),
              term + piece(i) % (Tile::kDepth / 4) * 4, end);
      }
    }
  }

  __device__ __forceinline__ void store(Half& to) const {
#pragma unroll
    for (int i = 0; i < kPieces; ++i) {
      if (!has(i)) continue;
      if constexpr (kLineIsTerm) {
        *reinterpret_cast<float4*>(&to[piece(i) / (kExtent / 4)][piece(i) % (kExtent / 4) * 4]) =
            make_float4(values_[i][0], values_[i][1], values_[i][2], values_[i][3]);
      } else {
        const int column = piece(i) / (Tile::kDepth / 4), term = piece(i) % (Tile::kDepth / 4) * 4;
#pragma unroll
        for (int e = 0; e < 4; ++e) to[term + e][column] = values_[i][e];
      }
    }
  }

 private:
  static constexpr int kAll = kExtent * Tile::kDepth / 4;
  static constexpr int kPieces = (kAll + Tile::kThreads - 1) / Tile::kThreads;

  __device__ __forceinline__ static int piece(int i) { return static_cast<int>(threadIdx.x) + i * Tile::kThreads; }
  __device__ __forceinline__ static bool has(int i) { return kAll % Tile::kThreads == 0 || piece(i) < kAll; }

  __device__ __forceinline__ Line line_of(std::uint32_t index, std::uint32_t end) const {
    return index < end ? line_at(operand_, index) : no_line();
  }
  __device__ __forceinline__ void fetch(float (&to)[4], const Line& line, std::uint32_t column, std::uint32_t end) {
    struct alignas(4 * sizeof(T)) Four {
      T values[4];
    };
    if (operand_.piece >= static_cast<int>(sizeof(Four))) {
      const T* from = column < end ? locate<T>(operand_, line, column) : nullptr;
      const Four four = from != nullptr ? *reinterpret_cast<const Four*>(from) : Four{};
#pragma unroll
      for (int e = 0; e < 4; ++e) to[e] = to_float(four.values[e]);
    } else {
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        const T* from = column + e < end ? locate<T>(operand_, line, column + e) : nullptr;
        to[e] = from != nullptr ? to_float(*from) : 0.0f;
      }
    }
  }

  const TapLines& operand_;
  std::uint32_t first_, end_;
  float values_[kPieces][4];
};

/// y = A · B in fp32.
/// Block: 128 rows x 16 · kColumns columns of y (16, 64 or 112), the columns of neighbouring blocks first so that they
/// share A in L2; z: the split of the terms. Thread: 8 x kColumns sums in registers, fed from two halves of shared
/// memory (8 terms each): while one is multiplied the next is on its way through registers, with one barrier a step.
/// A's 8 numbers of a term are two 16-byte reads that 16 lanes share, B's are kColumns reads of 16 neighbouring
/// words, so that nothing conflicts: 9 wavefronts for 56 multiply-adds a lane.
/// Bound by the multiply-adds: a step brings 12-15 KB from L2 for 131 k - 229 k of them, 6 % of what L2 delivers in
/// that time, so that taps may as well re-read their rows. Basset conv 2 (K 3300, N 200 as 2 x 112, 89 % of the sums
/// useful): 264 MFLOP an example, 4.4 µs at 60 TFLOP/s against 0.16 µs for its 0.4 MB from DRAM.
template <typename T, GemmForm kForm, int kColumns>
__global__ void __launch_bounds__(DirectTile<kColumns>::kThreads, 2)
    gemm_tile_kernel(const __grid_constant__ Gemm gemm, const __grid_constant__ GemmPlan plan) {
  using Tile = DirectTile<kColumns>;
  KERNEL_SHARED(typename Tile::Shared, shared);
  const std::int64_t tiles_across = ceil_div(gemm.n, Tile::kN);
  const std::int64_t row = blockIdx.x / tiles_across * Tile::kRows, column = blockIdx.x % tiles_across * Tile::kN;
  const auto begin = static_cast<std::uint32_t>(blockIdx.z * plan.terms);
  const auto end = static_cast<std::uint32_t>(begin + plan.terms < gemm.k ? begin + plan.terms : gemm.k);

  StagedOperand<T, Tile, Tile::kRows, kForm == GemmForm::filter_gradient> a(gemm.a, row, gemm.m);
  StagedOperand<T, Tile, Tile::kN, kForm != GemmForm::input_gradient> b(gemm.b, column, gemm.n);
  const int down = static_cast<int>(threadIdx.x) / Tile::kAcross * Tile::kRowsPerThread;
  const int across = static_cast<int>(threadIdx.x) % Tile::kAcross;
  float sums[Tile::kRowsPerThread][kColumns] = {};

  if (begin < end) {
    a.fetch(begin, end);
    b.fetch(begin, end);
    a.store(shared.a[0]);
    b.store(shared.b[0]);
  }
  int half = 0;
  for (std::uint32_t term = begin; term < end; term += Tile::kDepth) {
    __syncthreads();
    const bool more = term + Tile::kDepth < end;
    if (more) {
      a.fetch(term + Tile::kDepth, end);
      b.fetch(term + Tile::kDepth, end);
    }
#pragma unroll
    for (int k = 0; k < Tile::kDepth; ++k) {
      const float4 low = *reinterpret_cast<const float4*>(&shared.a[half][k][down]);
      const float4 high = *reinterpret_cast<const float4*>(&shared.a[half][k][down + 4]);
      const float left[Tile::kRowsPerThread] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
#pragma unroll
      for (int j = 0; j < kColumns; ++j) {
        const float right = shared.b[half][k][across + j * Tile::kAcross];
#pragma unroll
        for (int i = 0; i < Tile::kRowsPerThread; ++i) sums[i][j] = fmaf(left[i], right, sums[i][j]);
      }
    }
    half ^= 1;
    if (more) {
      a.store(shared.a[half]);
      b.store(shared.b[half]);
    }
  }

  const TileOutput<T> y(gemm, plan);
  float bias[kColumns];
#pragma unroll
  for (int j = 0; j < kColumns; ++j) bias[j] = bias_at<T>(gemm, column + across + j * Tile::kAcross);
#pragma unroll
  for (int i = 0; i < Tile::kRowsPerThread; ++i) {
    if (row + down + i >= gemm.m) break;
    const std::int64_t to = y.row(row + down + i);
#pragma unroll
    for (int j = 0; j < kColumns; ++j) {
      const std::int64_t at = column + across + j * Tile::kAcross;
      if (at < gemm.n) y.store(to, at, bias[j] + sums[i][j]);
    }
  }
}

}  // namespace genocuda::kernels
