// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Elementwise kernels over one template: y[i] = f(x0[i], x1[i], …), 16 bytes an access, computed in float.

#include <type_traits>

#include "kernels/divisor.cuh"
#include "kernels/grid.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels {

constexpr int kElementwiseThreads = 256;

/// Neighbouring elements in memory; where they fill 16-byte accesses, aligned for them.
template <typename T, int kWidth>
struct alignas(kWidth * sizeof(T) % 16 == 0 ? 16 : alignof(T)) Vector {
  T values[kWidth];
};

/// Neighbouring elements in registers.
template <int kWidth>
struct Floats {
  float values[kWidth];
  __device__ __forceinline__ float operator[](int i) const { return values[i]; }
  __device__ __forceinline__ float& operator[](int i) { return values[i]; }
};

template <typename T, int kWidth>
__device__ __forceinline__ Floats<kWidth> widened(const Vector<T, kWidth>& x) {
  Floats<kWidth> y;
#pragma unroll
  for (int k = 0; k < kWidth; ++k) y[k] = to_float(x.values[k]);
  return y;
}

template <typename T, int kWidth>
__device__ __forceinline__ Vector<T, kWidth> narrowed(const Floats<kWidth>& x) {
  Vector<T, kWidth> y;
#pragma unroll
  for (int k = 0; k < kWidth; ++k) y.values[k] = from_float<T>(x[k]);
  return y;
}

/// A number per channel, the last axis of what a kernel walks over; read through the L1 cache.
template <typename T>
class ChannelNumbers {
 public:
  ChannelNumbers(const void* numbers, std::int64_t channels)
      : numbers_(static_cast<const T*>(numbers)), channels_(channels), by_channels_(channels) {}

  /// Of the channels of neighbouring elements: one division for the first, the others by counting on.
  template <int kWidth>
  __device__ __forceinline__ Floats<kWidth> of(std::int64_t first) const {
    std::int64_t channel = by_channels_.divide(first).remainder;
    Floats<kWidth> numbers;
#pragma unroll
    for (int k = 0; k < kWidth; ++k) {
      numbers[k] = to_float(__ldg(numbers_ + channel));
      channel = channel + 1 < channels_ ? channel + 1 : 0;
    }
    return numbers;
  }

 private:
  const T* numbers_;
  std::int64_t channels_;
  Divisor by_channels_;
};

/// What one thread has of an operand in a step: kUnroll vectors, a block's width apart, all on their way at once.
template <typename T, int kWidth, int kUnroll>
struct Loaded {
  Vector<T, kWidth> vectors[kUnroll];

  __device__ __forceinline__ Loaded(const T* x, std::int64_t first, std::int64_t count) {
    const auto* from = reinterpret_cast<const Vector<T, kWidth>*>(x);
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) {
      const std::int64_t i = first + u * kElementwiseThreads;
      if (i < count) vectors[u] = from[i];
    }
  }
};

/// Functors come in two forms. `float operator()(float x0, …) const` sees one element of each operand.
/// `Floats<kWidth> operator()(std::int64_t first, const Floats<kWidth>& x0, …) const` sees neighbours of which the
/// first has index `first`, a multiple of kWidth: for functions of the index that share work between neighbours.
template <int kWidth, typename F, typename... X>
__device__ __forceinline__ Floats<kWidth> apply_elementwise(const F& f, std::int64_t first, const X&... x) {
  if constexpr (std::is_invocable_v<const F&, decltype(x[0])...>) {
    Floats<kWidth> y;
#pragma unroll
    for (int k = 0; k < kWidth; ++k) y[k] = f(x[k]...);
    return y;
  } else {
    return f(first, x...);
  }
}

template <int kWidth, int kUnroll, typename F, typename To, typename... From>
__device__ __forceinline__ void store_transformed(const F& f, std::int64_t first, std::int64_t count,
                                                  std::int64_t offset, To* y,
                                                  const Loaded<From, kWidth, kUnroll>&... x) {
  auto* to = reinterpret_cast<Vector<To, kWidth>*>(y);
#pragma unroll
  for (int u = 0; u < kUnroll; ++u) {
    const std::int64_t i = first + u * kElementwiseThreads;
    if (i < count) {
      to[i] = narrowed<To, kWidth>(apply_elementwise<kWidth>(f, offset + i * kWidth, widened(x.vectors[u])...));
    }
  }
}

/// Vectors of each operand that a thread takes in a step: four loads or more are then under way.
constexpr int vectors_at_once(int operands) { return (4 + operands - 1) / operands; }

/// `count` vectors from element `offset` on, shared out over the grid.
template <int kWidth, typename F, typename To, typename... From>
__device__ __forceinline__ void transform_elements(std::int64_t offset, std::int64_t count, const F& f, To* y,
                                                   const From*... x) {
  constexpr int kUnroll = vectors_at_once(sizeof...(From));
  constexpr std::int64_t kTile = static_cast<std::int64_t>(kElementwiseThreads) * kUnroll;
  for (std::int64_t i = blockIdx.x * kTile + threadIdx.x; i < count; i += gridDim.x * kTile) {
    store_transformed<kWidth, kUnroll>(f, i, count, offset, y + offset,
                                       Loaded<From, kWidth, kUnroll>(x + offset, i, count)...);
  }
}

/// y[i] = f(x0[i], …) for i < n. Each thread takes vectors of kWidth elements, so many at a time that at least four
/// 16-byte loads are under way, and the grid walks on over the rest; elements past `vectors` whole vectors (the end, or
/// all of them where a pointer is not aligned) go one by one. Bound by memory: nothing is read or written twice. No
/// pointer is __restrict__, since y may be an operand: a thread loads what it needs before it stores there.
template <int kWidth, typename F, typename To, typename... From>
__global__ void __launch_bounds__(kElementwiseThreads)
    elementwise_kernel(std::int64_t n, std::int64_t vectors, F f, To* y, const From*... x) {
  transform_elements<kWidth>(0, vectors, f, y, x...);
  transform_elements<1>(vectors * kWidth, n - vectors * kWidth, f, y, x...);
}

/// Elements that 16 bytes of the narrowest operand hold: every operand's accesses are then whole ones.
template <typename... T>
constexpr int vector_width() {
  int width = 0;
  ((width = Pack<T>::kSize > width ? Pack<T>::kSize : width), ...);
  return width;
}

template <typename F, typename To, typename... From>
void launch_elementwise(Stream stream, std::int64_t n, const F& f, To* y, const From*... x) {
  if (n == 0) return;
  constexpr int kWidth = vector_width<To, From...>();
  const std::int64_t vectors = aligned16(y, x...) ? n / kWidth : 0;
  const std::int64_t steps = vectors > 0 ? vectors : n;
  constexpr int kTile = kElementwiseThreads * vectors_at_once(sizeof...(From));
  launch(elementwise_kernel<kWidth, F, To, From...>, blocks_for(steps, kTile), kElementwiseThreads, 0, stream, n,
         vectors, f, y, x...);
}

}  // namespace genocuda::kernels
