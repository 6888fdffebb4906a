// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The words that CUDA adds to C++ declarations. Not among them: `__shared__`, whose variables need a home in each
/// block (KERNEL_SHARED, shared_memory.h), and `__noinline__`, which the standard library uses as an attribute's name.

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) alignas(bytes)
#define __shared__ SIMT_DECLARE_IT_WITH_KERNEL_SHARED
