// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the kernels of kernels/onehot_conv1d*.h do with finished sums: the running maximum of a pool, the activation,
/// and stores of the four neighbouring filters that a lane holds.

#include "kernels/activation_functions.cuh"
#include "kernels/onehot_conv1d_pool.h"
#include "kernels/pack.cuh"

namespace genocuda::kernels {

/// Whether `value` takes the place of the largest so far: NaN wins, and ties go to the first.
__device__ __forceinline__ bool beats(float value, float best) { return !(value <= best) && best == best; }

/// The offsets [first, last) of window w that lie on the convolution.
struct PoolRange {
  int first, last;
  __device__ __forceinline__ PoolRange(const OnehotPool& pool, std::int64_t positions, std::int64_t w) {
    const std::int64_t start = w * pool.stride - pool.pad_left;
    first = start < 0 ? static_cast<int>(-start) : 0;
    last = static_cast<int>(start + pool.width > positions ? positions - start : pool.width);
  }
  __device__ __forceinline__ bool holds(int k) const { return k >= first && k < last; }
};

/// f of each value. One switch for all of them: the kind is the same in the whole grid.
template <int kCount>
__device__ __forceinline__ void activate(const OnehotPool& pool, float (&values)[kCount]) {
  if (!pool.activated) return;
  const auto apply = [&](auto function) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) values[i] = function(values[i]);
  };
  const float alpha = pool.activation.alpha;
  switch (pool.activation.kind) {
    case ActivationKind::sigmoid:
      return apply(ActivationFunction<ActivationKind::sigmoid>{alpha});
    case ActivationKind::tanh:
      return apply(ActivationFunction<ActivationKind::tanh>{alpha});
    case ActivationKind::relu:
      return apply(ActivationFunction<ActivationKind::relu>{alpha});
    case ActivationKind::thresholded_relu:
      return apply(ActivationFunction<ActivationKind::thresholded_relu>{alpha});
    case ActivationKind::leaky_relu:
      return apply(ActivationFunction<ActivationKind::leaky_relu>{alpha});
    case ActivationKind::softplus:
      return apply(ActivationFunction<ActivationKind::softplus>{alpha});
    case ActivationKind::elu:
      return apply(ActivationFunction<ActivationKind::elu>{alpha});
    case ActivationKind::gelu:
      return apply(ActivationFunction<ActivationKind::gelu>{alpha});
    case ActivationKind::exp:
      return apply(ActivationFunction<ActivationKind::exp>{alpha});
    case ActivationKind::log1p:
      return apply(ActivationFunction<ActivationKind::log1p>{alpha});
  }
}

/// Stores the first `count` of four neighbours; by one access if `wide`, which says that four of them fit together.
template <typename T>
__device__ __forceinline__ void store_four(T* __restrict__ to, const float (&values)[4], std::int64_t count,
                                           bool wide) {
  if (count >= 4) {
    store_floats<4>(to, values, wide);
  } else {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      if (i < count) to[i] = from_float<T>(values[i]);
    }
  }
}

__device__ __forceinline__ void store_four(std::uint8_t* __restrict__ to, const int (&values)[4], std::int64_t count,
                                           bool wide) {
  if (wide && count >= 4) {
    *reinterpret_cast<std::uint32_t*>(to) = static_cast<std::uint32_t>(values[0] | values[1] << 8 | values[2] << 16) |
                                            static_cast<std::uint32_t>(values[3]) << 24;
  } else {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      if (i < count) to[i] = static_cast<std::uint8_t>(values[i]);
    }
  }
}

/// Whether runs of four filters of y (and of argmax) start where one access reaches them.
inline bool fours_fit(std::int64_t filters, const void* y, const void* argmax = nullptr) {
  return filters % 4 == 0 && aligned16(static_cast<const char*>(y), static_cast<const char*>(argmax));
}

}  // namespace genocuda::kernels
