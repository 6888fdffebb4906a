// SPDX-License-Identifier: Apache-2.0
#include "kernels/arithmetic.h"

#include "kernels/elementwise.cuh"

namespace genocuda::kernels {
namespace {

struct Add {
  __device__ __forceinline__ float operator()(float a, float b) const { return a + b; }
};

struct Subtract {
  __device__ __forceinline__ float operator()(float a, float b) const { return a - b; }
};

struct Multiply {
  __device__ __forceinline__ float operator()(float a, float b) const { return a * b; }
};

struct Scale {
  float factor, offset;
  __device__ __forceinline__ float operator()(float x) const { return factor * x + offset; }
};

struct Same {
  __device__ __forceinline__ float operator()(float x) const { return x; }
};

template <typename T>
struct AddBias {
  ChannelNumbers<T> bias;
  template <int kWidth>
  __device__ __forceinline__ Floats<kWidth> operator()(std::int64_t first, const Floats<kWidth>& x) const {
    const Floats<kWidth> numbers = bias.template of<kWidth>(first);
    Floats<kWidth> y;
#pragma unroll
    for (int k = 0; k < kWidth; ++k) y[k] = x[k] + numbers[k];
    return y;
  }
};

template <typename F>
void binary(std::int64_t n, Storage storage, const F& f, const void* a, const void* b, void* y, Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch_elementwise(stream, n, f, static_cast<T*>(y), static_cast<const T*>(a), static_cast<const T*>(b));
  });
}

}  // namespace

void add(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream) {
  binary(n, storage, Add{}, a, b, y, stream);
}

void subtract(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream) {
  binary(n, storage, Subtract{}, a, b, y, stream);
}

void multiply(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream) {
  binary(n, storage, Multiply{}, a, b, y, stream);
}

void scale(std::int64_t n, Storage storage, float factor, float offset, const void* x, void* y, Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch_elementwise(stream, n, Scale{factor, offset}, static_cast<T*>(y), static_cast<const T*>(x));
  });
}

void cast(std::int64_t n, Storage from, const void* x, Storage to, void* y, Stream stream) {
  with_storage(from, [&](auto source) {
    with_storage(to, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      launch_elementwise(stream, n, Same{}, static_cast<To*>(y), static_cast<const From*>(x));
    });
  });
}

void add_bias(std::int64_t n, std::int64_t channels, Storage storage, const void* x, const void* bias, void* y,
              Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const AddBias<T> f{{bias, channels}};
    launch_elementwise(stream, n, f, static_cast<T*>(y), static_cast<const T*>(x));
  });
}

}  // namespace genocuda::kernels
