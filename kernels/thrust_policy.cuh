// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where Thrust's algorithms run, chosen here alone: on the stream's GPU under nvcc, on the calling thread under a host
/// compiler (with -DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP), which is how they are tested without a GPU. Files
/// that use Thrust include this and not device.cuh, whose emulator is for kernels.

#include "kernels/stream.h"

#ifdef __CUDACC__
#include <thrust/system/cuda/execution_policy.h>

#define KERNEL_BOTH __host__ __device__
#else
#include <thrust/system/cpp/execution_policy.h>

#define KERNEL_BOTH
#endif

namespace genocuda::kernels {

/// The policy of every algorithm. Under CUDA an algorithm allocates what temporary memory it needs itself (cudaMalloc)
/// and waits for the stream: none of this belongs into a recorded graph.
inline auto thrust_policy([[maybe_unused]] Stream stream) {
#ifdef __CUDACC__
  return thrust::cuda::par.on(stream);
#else
  return thrust::cpp::par;
#endif
}

}  // namespace genocuda::kernels
