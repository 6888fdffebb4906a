// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fragments of mma.sync out of tiles in shared memory that hold numbers as they are stored. An operand's tile either
/// has lines along the terms (16 rows of A, 8 columns of B, each with its terms on end) or lines that are terms.

#include "kernels/ptx.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels {

/// bf16 storage: 32 terms a step, as two slices of m16n8k16, all by ldmatrix.
template <typename T, Arithmetic kArithmetic>
struct MmaFragments {
  static_assert(sizeof(T) == 2);
  static constexpr int kDepth = 32, kSlices = 2;
  /// Pitches of an odd number of 16-byte pieces: eight lines on end hit every bank once.
  static constexpr int kPitchAlongTerms = kDepth + 8;
  static constexpr int pitch_of_terms(int extent) { return extent / 8 % 2 == 1 ? extent : extent + 8; }

  /// Rows of a 16-row tile of A whose addresses a lane gives.
  static constexpr int kRowsOfLane = 1;
  __device__ __forceinline__ static int row_of_lane(int lane, int) { return lane % 16; }

  __device__ __forceinline__ static void load_a_along_terms(std::uint32_t (&a)[kSlices][4], const T* tile,
                                                            const int (&rows)[kRowsOfLane], int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) ptx::ldmatrix_x4(a[s], tile + rows[0] + 16 * s + lane / 16 * 8);
  }
  __device__ __forceinline__ static void load_a_of_terms(std::uint32_t (&a)[kSlices][4], const T* tile, int pitch,
                                                         int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) {
      ptx::ldmatrix_x4_trans(a[s], tile + (16 * s + lane / 16 * 8 + lane % 8) * pitch + lane / 8 % 2 * 8);
    }
  }
  /// Both slices at once: registers 2s and 2s + 1 are slice s.
  __device__ __forceinline__ static void load_b_along_terms(std::uint32_t (&b)[kSlices][2], const T* tile, int lane) {
    std::uint32_t both[4];
    ptx::ldmatrix_x4(both, tile + lane % 8 * kPitchAlongTerms + lane / 8 * 8);
    split(b, both);
  }
  __device__ __forceinline__ static void load_b_of_terms(std::uint32_t (&b)[kSlices][2], const T* tile, int pitch,
                                                         int lane) {
    std::uint32_t both[4];
    ptx::ldmatrix_x4_trans(both, tile + lane * pitch);
    split(b, both);
  }
  __device__ __forceinline__ static void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                                  const std::uint32_t (&b)[2]) {
    ptx::mma_m16n8k16_bf16(d, a, b);
  }

 private:
  __device__ __forceinline__ static void split(std::uint32_t (&b)[kSlices][2], const std::uint32_t (&both)[4]) {
    b[0][0] = both[0], b[0][1] = both[1], b[1][0] = both[2], b[1][1] = both[3];
  }
};

/// float storage in TF32: 16 terms a step, as two slices of m16n8k8. Lane (g, t) = (lane / 4, lane % 4) reads row or
/// column g at terms t and t + 4; the pitches put the 32 words of a read into different banks.
template <>
struct MmaFragments<float, Arithmetic::tf32> {
  static constexpr int kDepth = 16, kSlices = 2;
  static constexpr int kPitchAlongTerms = kDepth + 4;
  static constexpr int pitch_of_terms(int extent) { return extent % 16 == 8 ? extent : extent + 8; }

  static constexpr int kRowsOfLane = 2;
  __device__ __forceinline__ static int row_of_lane(int lane, int r) { return lane / 4 + 8 * r; }

  __device__ __forceinline__ static void load_a_along_terms(std::uint32_t (&a)[kSlices][4], const float* tile,
                                                            const int (&rows)[kRowsOfLane], int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) {
#pragma unroll
      for (int r = 0; r < 4; ++r) a[s][r] = ptx::to_tf32(tile[rows[r % 2] + 8 * s + lane % 4 + r / 2 * 4]);
    }
  }
  __device__ __forceinline__ static void load_a_of_terms(std::uint32_t (&a)[kSlices][4], const float* tile, int pitch,
                                                         int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        a[s][r] = ptx::to_tf32(tile[(8 * s + lane % 4 + r / 2 * 4) * pitch + row_of_lane(lane, r % 2)]);
      }
    }
  }
  __device__ __forceinline__ static void load_b_along_terms(std::uint32_t (&b)[kSlices][2], const float* tile,
                                                            int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) {
#pragma unroll
      for (int r = 0; r < 2; ++r) b[s][r] = ptx::to_tf32(tile[lane / 4 * kPitchAlongTerms + 8 * s + lane % 4 + 4 * r]);
    }
  }
  __device__ __forceinline__ static void load_b_of_terms(std::uint32_t (&b)[kSlices][2], const float* tile, int pitch,
                                                         int lane) {
#pragma unroll
    for (int s = 0; s < kSlices; ++s) {
#pragma unroll
      for (int r = 0; r < 2; ++r) b[s][r] = ptx::to_tf32(tile[(8 * s + lane % 4 + 4 * r) * pitch + lane / 4]);
    }
  }
  __device__ __forceinline__ static void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                                  const std::uint32_t (&b)[2]) {
    ptx::mma_m16n8k8_tf32(d, a, b);
  }
};

/// float storage in bf16: 16 terms a step, one slice of m16n8k16. Lane (g, t) reads row or column g at terms 2t, 2t + 1
/// and 2t + 8, 2t + 9, by eight bytes where lines lie along the terms.
template <>
struct MmaFragments<float, Arithmetic::bf16> {
  static constexpr int kDepth = 16, kSlices = 1;
  static constexpr int kPitchAlongTerms = kDepth + 8;
  static constexpr int pitch_of_terms(int extent) { return extent + 4; }

  static constexpr int kRowsOfLane = 2;
  __device__ __forceinline__ static int row_of_lane(int lane, int r) { return lane / 4 + 8 * r; }

  __device__ __forceinline__ static void load_a_along_terms(std::uint32_t (&a)[kSlices][4], const float* tile,
                                                            const int (&rows)[kRowsOfLane], int lane) {
#pragma unroll
    for (int r = 0; r < 4; ++r) a[0][r] = along_terms(tile + rows[r % 2] + r / 2 * 8, lane);
  }
  __device__ __forceinline__ static void load_a_of_terms(std::uint32_t (&a)[kSlices][4], const float* tile, int pitch,
                                                         int lane) {
#pragma unroll
    for (int r = 0; r < 4; ++r) a[0][r] = of_terms(tile + r / 2 * 8 * pitch + row_of_lane(lane, r % 2), pitch, lane);
  }
  __device__ __forceinline__ static void load_b_along_terms(std::uint32_t (&b)[kSlices][2], const float* tile,
                                                            int lane) {
#pragma unroll
    for (int r = 0; r < 2; ++r) b[0][r] = along_terms(tile + lane / 4 * kPitchAlongTerms + 8 * r, lane);
  }
  __device__ __forceinline__ static void load_b_of_terms(std::uint32_t (&b)[kSlices][2], const float* tile, int pitch,
                                                         int lane) {
#pragma unroll
    for (int r = 0; r < 2; ++r) b[0][r] = of_terms(tile + 8 * r * pitch + lane / 4, pitch, lane);
  }
  __device__ __forceinline__ static void multiply(float (&d)[4], const std::uint32_t (&a)[4],
                                                  const std::uint32_t (&b)[2]) {
    ptx::mma_m16n8k16_bf16(d, a, b);
  }

 private:
  __device__ __forceinline__ static std::uint32_t along_terms(const float* line, int lane) {
    const float2 pair = *reinterpret_cast<const float2*>(line + lane % 4 * 2);
    return ptx::to_bf16x2(pair.x, pair.y);
  }
  __device__ __forceinline__ static std::uint32_t of_terms(const float* column, int pitch, int lane) {
    const float* const first = column + lane % 4 * 2 * pitch;
    return ptx::to_bf16x2(first[0], first[pitch]);
  }
};

}  // namespace genocuda::kernels
