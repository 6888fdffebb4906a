// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The product on tensor cores (mma.sync): one tile of y a block, its operands read as lines (tap_lines.cuh) through a
/// pipeline of cp.async.

#include "kernels/gemm_mma_fragments.cuh"
#include "kernels/gemm_output.cuh"
#include "kernels/grid.cuh"
#include "kernels/tap_lines.cuh"

namespace genocuda::kernels {

/// Four warps, one below the other: 32 rows x all columns of the tile each. A step is 64 bytes of terms.
template <typename T, Arithmetic kArithmetic, int kTilesAcross>
struct MmaTile {
  using Fragments = MmaFragments<T, kArithmetic>;
  static constexpr int kWarps = 4, kThreads = 32 * kWarps;
  static constexpr int kTilesDown = 2, kRows = 16 * kTilesDown * kWarps, kN = 8 * kTilesAcross;
  static constexpr int kDepth = Fragments::kDepth;
  static constexpr int kStages = 3;
  static constexpr int kPiece = 16 / sizeof(T);
  /// Elements of shared memory that `lines` lines of terms, or kDepth terms of `lines` columns take.
  template <bool kLineIsTerm>
  static constexpr int size(int lines) {
    return kLineIsTerm ? kDepth * Fragments::pitch_of_terms(lines) : lines * Fragments::kPitchAlongTerms;
  }
};

/// Starts the copy of 16 bytes of a line, `kBytes` at a time, zeros for what is not there: columns from `end` on,
/// positions outside of the sequence, and all of a line that is not one.
template <int kBytes, typename T>
__device__ __forceinline__ void copy_in_parts(T* to, const TapLines& operand, const Line& line, std::uint32_t column,
                                              std::uint32_t end) {
  constexpr int kElements = kBytes / static_cast<int>(sizeof(T));
#pragma unroll
  for (int e = 0; e < 16 / static_cast<int>(sizeof(T)); e += kElements) {
    const T* from = column + e < end ? locate<T>(operand, line, column + e) : nullptr;
    const void* source = from != nullptr ? from : operand.data;
    if constexpr (kBytes == 16) {
      ptx::cp_async16(to + e, source, from != nullptr ? 16 : 0);
    } else if constexpr (kBytes == 8) {
      ptx::cp_async8(to + e, source, from != nullptr ? 8 : 0);
    } else if constexpr (kBytes == 4) {
      ptx::cp_async4(to + e, source, from != nullptr ? 4 : 0);
    } else {
      to[e] = from != nullptr ? *from : from_float<T>(0.0f);
    }
  }
}

template <typename T>
__device__ __forceinline__ void copy_piece(T* to, const TapLines& operand, const Line& line, std::uint32_t column,
                                           std::uint32_t end) {
  if (operand.piece == 16) {
    copy_in_parts<16>(to, operand, line, column, end);
  } else if (operand.piece == 8) {
    copy_in_parts<8>(to, operand, line, column, end);
  } else if (sizeof(T) == 4 || operand.piece == 4) {
    copy_in_parts<4>(to, operand, line, column, end);
  } else {
    copy_in_parts<sizeof(T)>(to, operand, line, column, end);
  }
}

/// Copies an operand's part of a step: `kExtent` rows (of A) or columns (of B) of y, kDepth terms. Where it keeps what
/// it knows of its lines, which takes registers, it need not divide for them in every step.
template <typename T, typename Tile, int kExtent, bool kLineIsTerm, bool kKeepsLines>
class AsyncOperand {
 public:
  __device__ __forceinline__ AsyncOperand(const TapLines& operand, std::uint32_t first, std::uint32_t end)
      : operand_(operand), first_(first), end_(end) {
    if constexpr (kKeepsLines) {
#pragma unroll
      for (int i = 0; i < kPieces; ++i) lines_[i] = line_of(first + piece(i) / kPerLine, end);
    }
  }

  /// Terms [term, end), at most kDepth, the rest zeros.
  __device__ __forceinline__ void copy(T* to, std::uint32_t term, std::uint32_t end) const {
#pragma unroll(kKeepsLines ? kPieces : 1)
    for (int i = 0; i < kPieces; ++i) {
      if (kAll % Tile::kThreads != 0 && piece(i) >= kAll) continue;
      const int line = piece(i) / kPerLine, offset = piece(i) % kPerLine * Tile::kPiece;
      if constexpr (kLineIsTerm) {
        copy_piece(to + line * Tile::Fragments::pitch_of_terms(kExtent) + offset, operand_, line_of(term + line, end),
                   first_ + offset, end_);
      } else {
        copy_piece(to + line * Tile::Fragments::kPitchAlongTerms + offset, operand_,
                   kKeepsLines ? lines_[i] : line_of(first_ + line, end_), term + offset, end);
      }
    }
  }

 private:
  static_assert(!kLineIsTerm || !kKeepsLines);
  static constexpr int kPerLine = (kLineIsTerm ? kExtent : Tile::kDepth) / Tile::kPiece;
  static constexpr int kAll = kExtent * Tile::kDepth / Tile::kPiece;
  static constexpr int kPieces = (kAll + Tile::kThreads - 1) / Tile::kThreads;
  __device__ __forceinline__ static int piece(int i) { return static_cast<int>(threadIdx.x) + i * Tile::kThreads; }
  __device__ __forceinline__ Line line_of(std::uint32_t index, std::uint32_t end) const {
    return index < end ? line_at(operand_, index) : no_line();
  }

  const TapLines& operand_;
  std::uint32_t first_, end_;
  Line lines_[kKeepsLines ? kPieces : 1];
};

/// Which terms a step takes. Without a shared window, kDepth terms after the other. With one, the steps of a chunk of
/// kDepth channels are its taps, and A's lines of the chunk serve them all.
class StepCursor {
 public:
  std::uint32_t chunk = 0, tap = 0;  ///< without a window the step, and 0
  __device__ __forceinline__ void advance(std::uint32_t taps) {
    if (++tap >= taps) {
      tap = 0;
      ++chunk;
    }
  }
};

/// y = A · B on tensor cores, operands rounded to TF32 or bf16 as they enter registers (bf16 storage: as they are),
/// sums in float. Block: 128 rows x 16, 64 or 104 columns of y by four warps of 32 rows x all columns, so that B's
/// fragments serve two and A's all of the column tiles, and a warp needs 17 KB of shared memory reads for 213 k
/// multiply-adds: less time than the tensor cores take. Columns of neighbouring blocks first, so that they share A in
/// L2; z: the split of the terms. Three stages of 64 bytes of terms, two of them under way while one is multiplied, one
/// barrier a step. Shared memory: rows padded so that ldmatrix and the 4- and 8-byte reads of float fragments hit all
/// banks once; stages · (128 lines of A or the window's + those of B), 45-108 KB: two blocks or more a multiprocessor.
/// 104 columns because 200 = 2 x 104 and 300 = 3 x 104 to 96 %: Basset conv 2 at batch 256 is 800 blocks, whose last
/// wave at two a multiprocessor of 132 is almost full, where 128 x 200 tiles fill 76 % of the waves' time.
/// With a shared window (stride 1, at least three taps) the input rows that a tile's taps look at are brought once for
/// each chunk of channels, and tap j reads them j · shift rows further down: for the 11 taps of Basset conv 2 A's
/// traffic falls from 11 x 128 to 138 lines a chunk, for BPNet's 3 taps at dilation 32 from 384 to 192. Where the rows
/// of a window lie too far apart for that (BPNet from dilation 64 on), taps read their own rows, out of L2.
/// Basset conv 2: 264 MFLOP an example, 0.33 µs at 798 TFLOP/s in bf16; BPNet dilated conv (64 channels, 1000
/// positions): 24.6 MFLOP, 31 ns, against 85 ns for reading x and writing y once in bf16 storage, so bound by memory.
template <typename T, Arithmetic kArithmetic, GemmForm kForm, int kTilesAcross>
__global__ void __launch_bounds__(128, 2)
    gemm_mma_kernel(const __grid_constant__ Gemm gemm, const __grid_constant__ GemmPlan plan, int window_lines) {
  using Tile = MmaTile<T, kArithmetic, kTilesAcross>;
  using Fragments = typename Tile::Fragments;
  constexpr bool kTermsOfA = kForm == GemmForm::filter_gradient, kTermsOfB = kForm != GemmForm::input_gradient;
  constexpr int kBStage = Tile::template size<kTermsOfB>(Tile::kN);
  KERNEL_DYNAMIC_SHARED(T, shared);
  const int a_stage = Tile::template size<kTermsOfA>(window_lines);
  T* const a_stages = shared + Tile::kStages * kBStage;

  const std::int64_t tiles_across = ceil_div(gemm.n, Tile::kN);
  const std::int64_t row = blockIdx.x / tiles_across * Tile::kRows, column = blockIdx.x % tiles_across * Tile::kN;
  const auto begin = static_cast<std::uint32_t>(blockIdx.z * plan.terms);
  const auto end = static_cast<std::uint32_t>(begin + plan.terms < gemm.k ? begin + plan.terms : gemm.k);
  const bool has_window = !kTermsOfA && gemm.window.taps > 0;
  const std::uint32_t taps = has_window ? gemm.window.taps : 1;
  const std::uint32_t channels = has_window ? gemm.window.stream.channels.value() : end - begin;
  const int steps = static_cast<int>(ceil_div(channels, Tile::kDepth) * taps);

  const AsyncOperand<T, Tile, Tile::kRows, kTermsOfA, !kTermsOfA> a(gemm.a, row, has_window ? 0 : gemm.m);
  const AsyncOperand<T, Tile, Tile::kN, kTermsOfB, false> b(gemm.b, column, gemm.n);
  const auto in_window = [&](std::int64_t index) {
    const auto number = static_cast<std::uint32_t>(index < gemm.m ? index : gemm.m - 1);
    return !has_window ? static_cast<std::uint32_t>(index)
                       : number + gemm.a.lines_per_group.quotient(number) *
                                      (gemm.window.stream.lines_per_group.value() - gemm.a.lines_per_group.value());
  };
  const std::uint32_t window_begin = in_window(row);
  const std::uint32_t window_end = in_window(row + Tile::kRows - 1) + (taps - 1) * gemm.window.shift + 1;

  // What step `to` multiplies goes into its stage: into A's only when the taps of a chunk begin.
  const auto copy = [&](const StepCursor& to, int step) {
    const std::uint32_t channel = to.chunk * Tile::kDepth;
    const std::uint32_t term = begin + to.tap * channels + channel, terms_end = begin + (to.tap + 1) * channels;
    b.copy(shared + step % Tile::kStages * kBStage, term, terms_end);
    T* const a_stage_to = a_stages + to.chunk % Tile::kStages * a_stage;
    if (!has_window) {
      a.copy(a_stage_to, term, terms_end);
    } else if (to.tap == 0) {
      constexpr int kPerLine = Tile::kDepth / Tile::kPiece;
      const std::uint32_t offset = threadIdx.x % kPerLine * Tile::kPiece;
      for (std::uint32_t line = threadIdx.x / kPerLine; line < window_end - window_begin;
           line += Tile::kThreads / kPerLine) {
        copy_piece(a_stage_to + line * Fragments::kPitchAlongTerms + offset, gemm.window.stream,
                   line_at(gemm.window.stream, window_begin + line), channel + offset, channels);
      }
    }
  };

  const int lane = static_cast<int>(threadIdx.x) % 32, warp_row = static_cast<int>(threadIdx.x) / 32 * 32;
  int a_rows[Tile::kTilesDown][Fragments::kRowsOfLane];
#pragma unroll
  for (int i = 0; i < Tile::kTilesDown; ++i) {
#pragma unroll
    for (int r = 0; r < Fragments::kRowsOfLane; ++r) {
      const int in_tile = warp_row + 16 * i + Fragments::row_of_lane(lane, r);
      a_rows[i][r] =
          static_cast<int>(in_window(row + in_tile) - window_begin) * static_cast<int>(Fragments::kPitchAlongTerms);
    }
  }

  float sums[Tile::kTilesDown][kTilesAcross][4];
#pragma unroll
  for (int j = 0; j < kTilesAcross; ++j) {
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      const float initial = bias_at<T>(gemm, column + 8 * j + lane % 4 * 2 + e);
#pragma unroll
      for (int i = 0; i < Tile::kTilesDown; ++i) sums[i][j][e] = sums[i][j][2 + e] = initial;
    }
  }
  StepCursor ahead, now;
#pragma unroll
  for (int step = 0; step + 1 < Tile::kStages; ++step) {
    if (step < steps) {
      copy(ahead, step);
      ahead.advance(taps);
    }
    ptx::cp_async_commit();
  }
  for (int step = 0; step < steps; ++step) {
    ptx::cp_async_wait<Tile::kStages - 2>();
    __syncthreads();
    if (step + Tile::kStages - 1 < steps) {
      copy(ahead, step + Tile::kStages - 1);
      ahead.advance(taps);
    }
    ptx::cp_async_commit();

    const T* const a_now =
        a_stages + now.chunk % Tile::kStages * a_stage + now.tap * gemm.window.shift * Fragments::kPitchAlongTerms;
    const T* const b_now = shared + step % Tile::kStages * kBStage;
    std::uint32_t left[Tile::kTilesDown][Fragments::kSlices][4];
#pragma unroll
    for (int i = 0; i < Tile::kTilesDown; ++i) {
      if constexpr (kTermsOfA) {
        Fragments::load_a_of_terms(left[i], a_now + warp_row + 16 * i, Fragments::pitch_of_terms(Tile::kRows), lane);
      } else {
        Fragments::load_a_along_terms(left[i], a_now, a_rows[i], lane);
      }
    }
#pragma unroll
    for (int j = 0; j < kTilesAcross; ++j) {
      std::uint32_t right[Fragments::kSlices][2];
      if constexpr (kTermsOfB) {
        Fragments::load_b_of_terms(right, b_now + 8 * j, Fragments::pitch_of_terms(Tile::kN), lane);
      } else {
        Fragments::load_b_along_terms(right, b_now + 8 * j * Fragments::kPitchAlongTerms, lane);
      }
#pragma unroll
      for (int s = 0; s < Fragments::kSlices; ++s) {
#pragma unroll
        for (int i = 0; i < Tile::kTilesDown; ++i) Fragments::multiply(sums[i][j], left[i][s], right[s]);
      }
    }
    now.advance(taps);
  }

  const TileOutput<T> y(gemm, plan);
#pragma unroll
  for (int i = 0; i < Tile::kTilesDown; ++i) {
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      const std::int64_t at = row + warp_row + 16 * i + 8 * r + lane / 4;
      if (at >= gemm.m) continue;
      const std::int64_t to = y.row(at);
#pragma unroll
      for (int j = 0; j < kTilesAcross; ++j) {
        y.store_pair(to, column + 8 * j + lane % 4 * 2, sums[i][j][2 * r], sums[i][j][2 * r + 1]);
      }
    }
  }
}

}  // namespace genocuda::kernels
