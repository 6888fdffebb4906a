// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/math.h"

/// Kernels of softmax over one row, see kernels.h. Sums are kept in double: rows may be thousands long.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

GENOCUDA_INLINE float largest(const float* x, std::int64_t n) {
  float result = x[0];
  // A NaN that is met stays: the row is then NaN all over, as it should be.
  for (std::int64_t i = 1; i < n; ++i) result = !(x[i] <= result) && result == result ? x[i] : result;
  return result;
}

GENOCUDA_INLINE double sum_of_exp(const float* x, float shift, std::int64_t n) {
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i) total += static_cast<double>(exp(x[i] - shift));
  return total;
}

void softmax(const float* x, float* y, std::int64_t n) {
  const float shift = largest(x, n);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = exp(x[i] - shift);
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i) total += static_cast<double>(y[i]);
  const float share = static_cast<float>(1.0 / total);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] *= share;
}

void softmax_gradient(const float* d, const float* y, float* result, std::int64_t n) {
  double dot = 0;
  for (std::int64_t i = 0; i < n; ++i) dot += static_cast<double>(d[i]) * static_cast<double>(y[i]);
  const float shift = static_cast<float>(dot);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) result[i] = y[i] * (d[i] - shift);
}

void log_softmax(const float* x, float* y, std::int64_t n) {
  const float shift = largest(x, n);
  const double log_sum = __builtin_log(sum_of_exp(x, shift, n));
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    y[i] = static_cast<float>(static_cast<double>(x[i]) - static_cast<double>(shift) - log_sum);
  }
}

void log_softmax_backward(const float* dy, const float* y, float* dx, std::int64_t n) {
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i) total += static_cast<double>(dy[i]);
  const float sum = static_cast<float>(total);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) dx[i] = dy[i] - exp(y[i]) * sum;
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
