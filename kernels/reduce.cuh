// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sums and maxima over the threads of a warp and of a block, in an order that the number of threads alone decides.

#include "kernels/device.cuh"

namespace genocuda::kernels {

constexpr unsigned kAllLanes = 0xffffffffu;

/// The sum over each group of `lanes` neighbouring lanes of a warp (a power of two up to 32), known to all of the
/// group. All 32 lanes of the warp call it, with the same `lanes`.
template <typename T>
__device__ __forceinline__ T group_sum(T value, int lanes) {
  for (int offset = lanes / 2; offset > 0; offset /= 2) value += __shfl_xor_sync(kAllLanes, value, offset);
  return value;
}

/// The largest value of each group; a NaN is passed over unless it is the caller's own.
__device__ __forceinline__ float group_max(float value, int lanes) {
  for (int offset = lanes / 2; offset > 0; offset /= 2) {
    const float other = __shfl_xor_sync(kAllLanes, value, offset);
    if (other > value) value = other;
  }
  return value;
}

/// The sum over the lanes of a warp, known to all of them. All 32 lanes call it.
template <typename T>
__device__ __forceinline__ T warp_sum(T value) {
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(kAllLanes, value, offset);
  return value;
}

/// The largest value of the lanes of a warp, known to all of them; NaN where one of them is. All 32 lanes call it.
__device__ __forceinline__ float warp_max(float value) {
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2) {
    const float other = __shfl_xor_sync(kAllLanes, value, offset);
    if (other > value || isnan(other)) value = other;
  }
  return value;
}

namespace internal {

/// Combines one value a warp to one value a block, known to all threads.
template <int kThreads, typename T, typename Combine>
__device__ __forceinline__ T combine_warps(T of_warp, Combine combine) {
  constexpr int kWarps = kThreads / 32;
  KERNEL_SHARED(T, of_warps, [kWarps]);
  if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = of_warp;
  __syncthreads();
  T result = of_warps[0];
#pragma unroll
  for (int warp = 1; warp < kWarps; ++warp) result = combine(result, of_warps[warp]);
  __syncthreads();
  return result;
}

}  // namespace internal

/// The sum over a block of kThreads threads in one dimension (a multiple of 32), known to all of them. All of them call
/// it; it synchronises the block, so that it may be called again at once.
template <int kThreads, typename T>
__device__ __forceinline__ T block_sum(T value) {
  static_assert(kThreads % 32 == 0 && kThreads <= 1024);
  return internal::combine_warps<kThreads>(warp_sum(value), [](T a, T b) { return a + b; });
}

/// The same for warp_max.
template <int kThreads>
__device__ __forceinline__ float block_max(float value) {
  static_assert(kThreads % 32 == 0 && kThreads <= 1024);
  return internal::combine_warps<kThreads>(warp_max(value), [](float a, float b) { return b > a || isnan(b) ? b : a; });
}

}  // namespace genocuda::kernels
