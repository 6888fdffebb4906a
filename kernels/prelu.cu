// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation.h"
#include "kernels/columns.cuh"
#include "kernels/elementwise.cuh"

namespace genocuda::kernels {
namespace {

template <typename T>
struct Prelu {
  ChannelNumbers<T> slope;
  template <int kWidth>
  __device__ __forceinline__ Floats<kWidth> operator()(std::int64_t first, const Floats<kWidth>& x) const {
    const Floats<kWidth> slopes = slope.template of<kWidth>(first);
    Floats<kWidth> y;
#pragma unroll
    for (int k = 0; k < kWidth; ++k) y[k] = x[k] > 0.0f ? x[k] : slopes[k] * x[k];
    return y;
  }
};

/// Writes dx and sums what a chunk of rows adds to dslope, a channel a thread. dx may be dy, so neither is
/// __restrict__: a thread has read what it needs of a row before it writes there.
template <typename T>
struct PreluBackward {
  static constexpr int kColumns = 1;
  using State = double;
  std::int64_t channels;
  const T *dy, *x, *slope;
  T* dx;
  double* partials;  ///< [chunks, channels]

  static __device__ __forceinline__ double start() { return 0; }
  static __device__ __forceinline__ double merge(double a, std::int64_t, double b, std::int64_t) { return a + b; }
  __device__ __forceinline__ void add(double (&sum)[1], std::int64_t, std::int64_t row, std::int64_t step, int count,
                                      std::int64_t channel) const {
    const std::int64_t first = row * channels + channel, stride = step * channels;
    T d[kColumnRun], v[kColumnRun];
#pragma unroll
    for (int i = 0; i < kColumnRun; ++i) {
      d[i] = i < count ? dy[first + i * stride] : T{};
      v[i] = i < count ? x[first + i * stride] : T{};
    }
    const float s = to_float(slope[channel]);
#pragma unroll
    for (int i = 0; i < kColumnRun; ++i) {
      const float derivative = to_float(d[i]), value = to_float(v[i]);
      const bool positive = value > 0.0f;
      if (i < count) dx[first + i * stride] = from_float<T>(positive ? derivative : s * derivative);
      if (!positive) sum[0] += static_cast<double>(derivative) * static_cast<double>(value);
    }
  }
  __device__ __forceinline__ void write(std::int64_t, std::int64_t chunk, std::int64_t channel, double sum,
                                        std::int64_t) const {
    partials[chunk * channels + channel] = sum;
  }
};

/// Where the sums of all chunks go.
template <typename T>
struct PreluSlopes {
  T* dslope;
  __device__ __forceinline__ void write(std::int64_t channel, double sum) const {
    dslope[channel] = from_float<T>(static_cast<float>(sum));
  }
};

/// dx and the sums of chunks of rows in one pass over dy and x: neighbouring lanes take neighbouring channels, and each
/// thread has 16 loads under way. Bound by memory.
template <typename T>
__global__ void __launch_bounds__(kColumnThreads, 3) prelu_backward_kernel(ColumnCut cut, PreluBackward<T> task) {
  reduce_columns(cut, task);
}

/// The second stage: one block a tile of channels. Few numbers, bound by latency.
template <typename T>
__global__ void __launch_bounds__(kColumnThreads)
    prelu_slopes_kernel(ColumnCut cut, SumOfChunks<double, PreluSlopes<T>> task) {
  reduce_columns(cut, task);
}

ColumnCut first_cut(std::int64_t rows, std::int64_t channels) { return {1, rows, channels, 1}; }

}  // namespace

void prelu(std::int64_t rows, std::int64_t channels, Storage storage, const void* x, const void* slope, void* y,
           Stream stream) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const Prelu<T> f{{slope, channels}};
    launch_elementwise(stream, rows * channels, f, static_cast<T*>(y), static_cast<const T*>(x));
  });
}

void prelu_backward(std::int64_t rows, std::int64_t channels, Storage storage, const void* dy, const void* x,
                    const void* slope, void* dx, void* dslope, void* scratch, Stream stream) {
  if (channels == 0) return;
  const ColumnCut cut = first_cut(rows, channels), second(1, cut.chunks, channels, 1, 1);
  auto* partials = static_cast<double*>(scratch);
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const PreluBackward<T> backward{channels,
                                    static_cast<const T*>(dy),
                                    static_cast<const T*>(x),
                                    static_cast<const T*>(slope),
                                    static_cast<T*>(dx),
                                    partials};
    launch(prelu_backward_kernel<T>, cut.grid(), kColumnThreads, 0, stream, cut, backward);
    const SumOfChunks<double, PreluSlopes<T>> slopes{partials, channels, {static_cast<T*>(dslope)}};
    launch(prelu_slopes_kernel<T>, second.grid(), kColumnThreads, 0, stream, second, slopes);
  });
}

std::size_t prelu_backward_scratch(std::int64_t rows, std::int64_t channels) {
  return static_cast<std::size_t>(first_cut(rows, channels).chunks * channels) * sizeof(double);
}

}  // namespace genocuda::kernels
