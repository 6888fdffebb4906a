// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simt/vector_types.h"

namespace simt {

/// What device code reads about the thread that it runs as.
struct ThreadView {
  uint3 thread_index, block_index;
  dim3 block_size, grid_size;
};

/// The thread of a kernel that runs now on this thread of the host; null outside of kernels.
inline constinit thread_local const ThreadView* current_thread = nullptr;

}  // namespace simt

#define threadIdx (::simt::current_thread->thread_index)
#define blockIdx (::simt::current_thread->block_index)
#define blockDim (::simt::current_thread->block_size)
#define gridDim (::simt::current_thread->grid_size)

constexpr int warpSize = 32;
