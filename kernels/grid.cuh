// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sizes of grids, and the loops that walk over more elements than a grid has threads.

#include "kernels/device.cuh"

namespace genocuda::kernels {

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Blocks for one element a thread, at most `limit`: kernels walk on with grid_begin and grid_step.
inline unsigned blocks_for(std::int64_t elements, int threads, std::int64_t limit = 16384) {
  const std::int64_t blocks = ceil_div(elements, threads);
  return static_cast<unsigned>(blocks < limit ? blocks : limit);
}

/// for (std::int64_t i = grid_begin(); i < n; i += grid_step()): 64 bits, so that no tensor is too long.
__device__ __forceinline__ std::int64_t grid_begin() {
  return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t grid_step() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

}  // namespace genocuda::kernels
