// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs of numbers in registers, loaded and stored by 16-byte accesses where the launcher found that all addresses
/// allow them. What a kernel computes, and in which order, is to depend on shapes alone: a misaligned pointer changes
/// how a run is fetched and nothing else.

#include "kernels/storage.cuh"

namespace genocuda::kernels {

/// `kCount` elements from an address that is a multiple of 16 bytes if `aligned`; only whole packs are fetched so.
template <int kCount, typename T>
__device__ __forceinline__ void load_run(T (&to)[kCount], const T* __restrict__ from, bool aligned) {
  if constexpr (kCount % Pack<T>::kSize == 0) {
    if (aligned) {
#pragma unroll
      for (int p = 0; p < kCount / Pack<T>::kSize; ++p) {
        const Pack<T> pack = reinterpret_cast<const Pack<T>*>(from)[p];
#pragma unroll
        for (int i = 0; i < Pack<T>::kSize; ++i) to[p * Pack<T>::kSize + i] = pack.values[i];
      }
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < kCount; ++i) to[i] = from[i];
}

template <int kCount, typename T>
__device__ __forceinline__ void store_run(T* __restrict__ to, const T (&from)[kCount], bool aligned) {
  if constexpr (kCount % Pack<T>::kSize == 0) {
    if (aligned) {
#pragma unroll
      for (int p = 0; p < kCount / Pack<T>::kSize; ++p) {
        Pack<T> pack;
#pragma unroll
        for (int i = 0; i < Pack<T>::kSize; ++i) pack.values[i] = from[p * Pack<T>::kSize + i];
        reinterpret_cast<Pack<T>*>(to)[p] = pack;
      }
      return;
    }
  }
#pragma unroll
  for (int i = 0; i < kCount; ++i) to[i] = from[i];
}

/// The same to and from numbers to compute with.
template <int kCount, typename T>
__device__ __forceinline__ void load_floats(float (&to)[kCount], const T* __restrict__ from, bool aligned) {
  T raw[kCount];
  load_run<kCount>(raw, from, aligned);
#pragma unroll
  for (int i = 0; i < kCount; ++i) to[i] = to_float(raw[i]);
}

template <int kCount, typename T>
__device__ __forceinline__ void store_floats(T* __restrict__ to, const float (&from)[kCount], bool aligned) {
  T raw[kCount];
#pragma unroll
  for (int i = 0; i < kCount; ++i) raw[i] = from_float<T>(from[i]);
  store_run<kCount>(to, raw, aligned);
}

}  // namespace genocuda::kernels
