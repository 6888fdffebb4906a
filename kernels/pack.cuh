// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs of numbers in registers, loaded and stored by 16-byte accesses where the launcher found that all addresses
/// allow them. What a kernel computes, and in which order, is to depend on shapes alone: a misaligned pointer changes
/// how a run is fetched and nothing else.

#include <cstring>

#include "kernels/storage.cuh"

namespace genocuda::kernels {

/// A run of kCount elements is fetched by accesses of this many bytes, if its address is a multiple of them.
template <int kCount, typename T>
constexpr int kAccess = kCount * sizeof(T) % 16 == 0  ? 16
                        : kCount * sizeof(T) % 8 == 0 ? 8
                                                      : sizeof(T);

/// `kCount` elements from an address that is a multiple of kAccess if `aligned`, which may be known at run time alone:
/// where the order of a sum must not depend on it, or for the few loads beside the many.
template <int kCount, typename T>
__device__ __forceinline__ void load_run(T (&to)[kCount], const T* from, bool aligned = true) {
  constexpr int kBytes = kAccess<kCount, T>, kSize = kBytes / sizeof(T);
  struct alignas(kBytes) Part {
    T values[kSize];
  };
  if (kSize > 1 && aligned) {
#pragma unroll
    for (int p = 0; p < kCount / kSize; ++p) {
#ifdef __CUDACC__
      const Part part = reinterpret_cast<const Part*>(from)[p];
#else
      const Part part = __ldg(reinterpret_cast<const Part*>(from) + p);  // the emulator looks at the address
#endif
#pragma unroll
      for (int i = 0; i < kSize; ++i) to[p * kSize + i] = part.values[i];
    }
  } else {
#pragma unroll
    for (int i = 0; i < kCount; ++i) to[i] = from[i];
  }
}

namespace internal {

/// One store of a whole part of 8 or 16 bytes. Left to itself nvcc takes some such stores apart into their elements.
template <typename Part>
__device__ __forceinline__ void store_part(Part* to, const Part& part) {
#ifdef __CUDA_ARCH__
  if constexpr (sizeof(Part) == 16) {
    uint4 bits;
    memcpy(&bits, &part, sizeof(bits));
    __stwb(reinterpret_cast<uint4*>(to), bits);
  } else {
    uint2 bits;
    memcpy(&bits, &part, sizeof(bits));
    __stwb(reinterpret_cast<uint2*>(to), bits);
  }
#elif defined(__CUDACC__)
  *to = part;
#else
  __stwb(to, part);
#endif
}

}  // namespace internal

/// The same for stores.
template <int kCount, typename T>
__device__ __forceinline__ void store_run(T* to, const T (&from)[kCount], bool aligned = true) {
  constexpr int kBytes = kAccess<kCount, T>, kSize = kBytes / sizeof(T);
  struct alignas(kBytes) Part {
    T values[kSize];
  };
  if constexpr (kSize > 1) {
    if (aligned) {
#pragma unroll
      for (int p = 0; p < kCount / kSize; ++p) {
        Part part;
#pragma unroll
        for (int i = 0; i < kSize; ++i) part.values[i] = from[p * kSize + i];
        internal::store_part(reinterpret_cast<Part*>(to) + p, part);
      }
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < kCount; ++i) to[i] = from[i];
}

/// The same to and from numbers to compute with.
template <int kCount, typename T>
__device__ __forceinline__ void load_floats(float (&to)[kCount], const T* from, bool aligned = true) {
  T raw[kCount];
  load_run<kCount>(raw, from, aligned);
#pragma unroll
  for (int i = 0; i < kCount; ++i) to[i] = to_float(raw[i]);
}

template <int kCount, typename T>
__device__ __forceinline__ void store_floats(T* to, const float (&from)[kCount], bool aligned = true) {
  T raw[kCount];
#pragma unroll
  for (int i = 0; i < kCount; ++i) raw[i] = from_float<T>(from[i]);
  store_run<kCount>(to, raw, aligned);
}

/// The sum as a binary tree, which overwrites `values`; kCount is a power of two.
template <int kCount, typename A>
__device__ __forceinline__ A tree_sum(A (&values)[kCount]) {
#pragma unroll
  for (int half = kCount / 2; half > 0; half /= 2) {
#pragma unroll
    for (int i = 0; i < half; ++i) values[i] += values[i + half];
  }
  return values[0];
}

}  // namespace genocuda::kernels
