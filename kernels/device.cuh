// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The front door of device code. Under nvcc this is plain CUDA; under any other C++20 compiler the same source runs on
/// the CPU through the SIMT emulator (tests/simt), which is how kernels are proven without a GPU. Both sides give
///   KERNEL_SHARED(T, name, [extents])   a __shared__ array of the block
///   KERNEL_DYNAMIC_SHARED(T, name)      T* to the dynamic shared memory, aligned to 128 bytes
///   launch(kernel, grid, block, shared_bytes, stream, arguments...)
/// and the instructions of ptx.cuh. Everything else is CUDA as usual.

#include <cstddef>
#include <cstdint>

#include "kernels/stream.h"

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#define KERNEL_SHARED(T, name, ...) __shared__ T name __VA_ARGS__
#define KERNEL_DYNAMIC_SHARED(T, name)                                      \
  extern __shared__ __align__(128) unsigned char genocuda_dynamic_shared[]; \
  T* name = reinterpret_cast<T*>(genocuda_dynamic_shared)

namespace genocuda::kernels {

inline void check_launch(cudaError_t status) {
  if (status != cudaSuccess)
    throw std::runtime_error(std::string("kernel launch refused: ") + cudaGetErrorString(status));
}

template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared_bytes, Stream stream,
            Arguments&&... arguments) {
  constexpr std::size_t kWithoutAsking = 48 * 1024;
  if (shared_bytes > kWithoutAsking) {
    check_launch(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                      cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared_bytes)));
  }
  kernel<<<grid, block, shared_bytes, stream>>>(static_cast<Parameters>(arguments)...);
  check_launch(cudaGetLastError());
}

}  // namespace genocuda::kernels
#else
#include <simt/cuda.h>

namespace genocuda::kernels {
using simt::launch;
}  // namespace genocuda::kernels
#endif
