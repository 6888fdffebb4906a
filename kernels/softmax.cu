// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include "kernels/row_groups.cuh"

namespace genocuda::kernels {
namespace {

/// y = e^(x − max) / Σ, or its logarithm. A row's maximum and sum come from one pass over it; the second pass finds the
/// row in the L1 or L2 cache. Bound by memory: x is read and y written once. y may be x, so neither is __restrict__; a
/// thread writes what it alone reads.
template <typename T, bool kLogarithm, bool kLong>
__global__ void __launch_bounds__(kRowThreads) softmax_kernel(RowCut cut, const T* x, T* y) {
  const RowGroup<kLong> group(cut);
  for_rows<kLong>(cut, [&](std::int64_t row) {
    const T* from = row < 0 ? nullptr : x + row * cut.width;
    const Partition partition = partition_of(group, cut, from);
    if (row < 0) return;
    const float scale = static_cast<float>(1 / partition.sum), log_sum = logf(static_cast<float>(partition.sum));
    for_packs<4>(
        cut, group.lane,
        [&](std::int64_t first, int count, const T(&raw)[Pack<T>::kSize]) {
          float result[Pack<T>::kSize];
#pragma unroll
          for (int i = 0; i < Pack<T>::kSize; ++i) {
            const float below = to_float(raw[i]) - partition.largest;
            result[i] = kLogarithm ? below - log_sum : expf(below) * scale;
          }
          store_pack(y + row * cut.width, cut, first, count, result);
        },
        from);
  });
}

struct SoftmaxGradient {
  static __device__ __forceinline__ float term(float d, float y) { return d * y; }
  static __device__ __forceinline__ float result(float d, float y, float sum) { return y * (d - sum); }
};

struct LogSoftmaxBackward {
  static __device__ __forceinline__ float term(float d, float) { return d; }
  static __device__ __forceinline__ float result(float d, float y, float sum) { return d - expf(y) * sum; }
};

struct LogSoftmaxTangent {
  static __device__ __forceinline__ float term(float t, float y) { return t * expf(y); }
  static __device__ __forceinline__ float result(float t, float, float sum) { return t - sum; }
};

/// result = f(d, y, Σ term(d, y)) along each row: a pass for the sum, and one that finds the row in the caches. Bound
/// by memory: d and y are read and the result written once. The result may be d.
template <typename T, typename F, bool kLong>
__global__ void __launch_bounds__(kRowThreads) softmax_derivative_kernel(RowCut cut, const T* d, const T* y, T* to) {
  constexpr int kSize = Pack<T>::kSize;
  const RowGroup<kLong> group(cut);
  for_rows<kLong>(cut, [&](std::int64_t row) {
    const std::int64_t start = row * cut.width;
    double sum = 0;
    if (row >= 0) {
      for_packs<2>(
          cut, group.lane,
          [&](std::int64_t, int count, const T(&raw_d)[kSize], const T(&raw_y)[kSize]) {
            float here = 0;
#pragma unroll
            for (int i = 0; i < kSize; ++i) {
              if (i < count) here += F::term(to_float(raw_d[i]), to_float(raw_y[i]));
            }
            sum += static_cast<double>(here);
          },
          d + start, y + start);
    }
    const float total = static_cast<float>(group.sum(sum));
    if (row < 0) return;
    for_packs<2>(
        cut, group.lane,
        [&](std::int64_t first, int count, const T(&raw_d)[kSize], const T(&raw_y)[kSize]) {
          float result[kSize];
#pragma unroll
          for (int i = 0; i < kSize; ++i) result[i] = F::result(to_float(raw_d[i]), to_float(raw_y[i]), total);
          store_pack(to + start, cut, first, count, result);
        },
        d + start, y + start);
  });
}

template <bool kLogarithm>
void run_softmax(std::int64_t rows, std::int64_t width, Storage storage, const void* from, void* to, Stream stream) {
  if (rows * width == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const T* x = static_cast<const T*>(from);
    T* y = static_cast<T*>(to);
    const RowCut cut = RowCut::of(rows, width, x, y);
    launch(cut.is_long() ? softmax_kernel<T, kLogarithm, true> : softmax_kernel<T, kLogarithm, false>, cut.grid(),
           kRowThreads, 0, stream, cut, x, y);
  });
}

template <typename F>
void run_derivative(std::int64_t rows, std::int64_t width, Storage storage, const void* derivative, const void* saved,
                    void* to, Stream stream) {
  if (rows * width == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const T *d = static_cast<const T*>(derivative), *y = static_cast<const T*>(saved);
    T* result = static_cast<T*>(to);
    const RowCut cut = RowCut::of(rows, width, d, y, result);
    launch(cut.is_long() ? softmax_derivative_kernel<T, F, true> : softmax_derivative_kernel<T, F, false>, cut.grid(),
           kRowThreads, 0, stream, cut, d, y, result);
  });
}

}  // namespace

void softmax(std::int64_t rows, std::int64_t width, Storage storage, const void* x, void* y, Stream stream) {
  run_softmax<false>(rows, width, storage, x, y, stream);
}

void log_softmax(std::int64_t rows, std::int64_t width, Storage storage, const void* x, void* y, Stream stream) {
  run_softmax<true>(rows, width, storage, x, y, stream);
}

void softmax_gradient(std::int64_t rows, std::int64_t width, Storage storage, const void* d, const void* y,
                      void* result, Stream stream) {
  run_derivative<SoftmaxGradient>(rows, width, storage, d, y, result, stream);
}

void log_softmax_backward(std::int64_t rows, std::int64_t width, Storage storage, const void* dy, const void* y,
                          void* dx, Stream stream) {
  run_derivative<LogSoftmaxBackward>(rows, width, storage, dy, y, dx, stream);
}

void log_softmax_tangent(std::int64_t rows, std::int64_t width, Storage storage, const void* t, const void* y, void* ty,
                         Stream stream) {
  run_derivative<LogSoftmaxTangent>(rows, width, storage, t, y, ty, stream);
}

}  // namespace genocuda::kernels
