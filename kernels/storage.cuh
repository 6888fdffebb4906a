// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Numbers in memory as float or bf16, in float in registers, and 16 bytes of them at a time.

#include "kernels/device.cuh"
#include "kernels/storage.h"

namespace genocuda::kernels {

using bf16 = __nv_bfloat16;

/// Calls `f(float{})` or `f(bf16{})`: the argument's type is the storage.
template <typename F>
void with_storage(Storage storage, F f) {
  if (storage == Storage::bf16) {
    f(bf16{});
  } else {
    f(float{});
  }
}

__device__ __forceinline__ float to_float(float value) { return value; }
__device__ __forceinline__ float to_float(bf16 value) { return __bfloat162float(value); }

template <typename T>
__device__ __forceinline__ T from_float(float value) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return value;
  } else {
    return __float2bfloat16_rn(value);
  }
}

/// As many elements as one 16-byte access moves.
template <typename T>
struct alignas(16) Pack {
  static constexpr int kSize = 16 / sizeof(T);
  T values[kSize];
};

/// True where every pointer allows 16-byte accesses.
template <typename... T>
bool aligned16(const T*... pointers) {
  return ((reinterpret_cast<std::uintptr_t>(pointers) % 16 == 0) && ...);
}

}  // namespace genocuda::kernels
