// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/math.h"

/// Elementwise kernels, see kernels.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

// Functions and their derivatives by y = f(x), written so that a NaN stays one. They agree with the reference's line by
// line.

struct Sigmoid {
  static GENOCUDA_INLINE float value(float x, float) { return sigmoid(x); }
  static GENOCUDA_INLINE float derivative(float y, float) { return y * (1.0f - y); }
};
struct Tanh {
  static GENOCUDA_INLINE float value(float x, float) { return tanh(x); }
  static GENOCUDA_INLINE float derivative(float y, float) { return 1.0f - y * y; }
};
struct Relu {
  static GENOCUDA_INLINE float value(float x, float) { return x <= 0.0f ? 0.0f : x; }
  static GENOCUDA_INLINE float derivative(float y, float) { return y > 0.0f ? 1.0f : 0.0f; }
};
struct ThresholdedRelu {
  static GENOCUDA_INLINE float value(float x, float alpha) { return x <= alpha ? 0.0f : x; }
  static GENOCUDA_INLINE float derivative(float y, float) { return y > 0.0f ? 1.0f : 0.0f; }
};
struct LeakyRelu {
  static GENOCUDA_INLINE float value(float x, float alpha) { return x > 0.0f ? x : alpha * x; }
  static GENOCUDA_INLINE float derivative(float y, float alpha) { return y > 0.0f ? 1.0f : alpha; }
};
struct Softplus {
  static GENOCUDA_INLINE float value(float x, float) { return softplus(x); }
  static GENOCUDA_INLINE float derivative(float y, float) { return -expm1(-y); }
};
struct Elu {
  static GENOCUDA_INLINE float value(float x, float alpha) {
    const float negative = alpha * expm1(x);
    return x > 0.0f ? x : negative;
  }
  static GENOCUDA_INLINE float derivative(float y, float alpha) { return y > 0.0f ? 1.0f : y + alpha; }
};
struct Exp {
  static GENOCUDA_INLINE float value(float x, float) { return exp(x); }
  static GENOCUDA_INLINE float derivative(float y, float) { return y; }
};

// `omp simd` says that elements do not depend on each other even where the result lies over an operand.

template <typename Function>
void unary(const float* x, float* y, std::int64_t n, float alpha) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = Function::value(x[i], alpha);
}

template <typename Function>
void gradient(const float* d, const float* y, float* result, std::int64_t n, float alpha) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) result[i] = d[i] * Function::derivative(y[i], alpha);
}

void add(const float* a, const float* b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] + b[i];
}

void subtract(const float* a, const float* b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] - b[i];
}

void multiply(const float* a, const float* b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] * b[i];
}

void scale(const float* x, float* y, std::int64_t n, float factor, float offset) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = factor * x[i] + offset;
}

void accumulate(const float* x, float* y, std::int64_t n, float factor) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

/// The words of core/philox.h for kCounters counters in a row.
inline constexpr int kCounters = 16;

struct PhiloxWords {
  std::uint32_t words[4][kCounters];
};

GENOCUDA_INLINE void philox_block(std::uint64_t key, std::uint64_t first, std::uint64_t stream, PhiloxWords& out) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  std::uint32_t(&c)[4][kCounters] = out.words;
  for (int i = 0; i < kCounters; ++i) {
    const std::uint64_t counter = first + static_cast<std::uint64_t>(i);
    c[0][i] = static_cast<std::uint32_t>(counter);
    c[1][i] = static_cast<std::uint32_t>(counter >> 32);
    c[2][i] = static_cast<std::uint32_t>(stream);
    c[3][i] = static_cast<std::uint32_t>(stream >> 32);
  }
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (int i = 0; i < kCounters; ++i) {
      const std::uint64_t p0 = 0xD2511F53ull * c[0][i], p1 = 0xCD9E8D57ull * c[2][i];
      c[0][i] = static_cast<std::uint32_t>(p1 >> 32) ^ c[1][i] ^ k0;
      c[1][i] = static_cast<std::uint32_t>(p1);
      c[2][i] = static_cast<std::uint32_t>(p0 >> 32) ^ c[3][i] ^ k1;
      c[3][i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

void dropout(const float* x, float* y, std::int64_t first, std::int64_t n, std::uint64_t key, std::uint64_t stream,
             std::uint32_t threshold, float factor) {
  for (std::int64_t start = 0; start < n; start += 4 * kCounters) {
    PhiloxWords block;
    philox_block(key, static_cast<std::uint64_t>(first + start) / 4, stream, block);
    float kept[4 * kCounters];
    for (int i = 0; i < kCounters; ++i) {
      for (int word = 0; word < 4; ++word) kept[4 * i + word] = (block.words[word][i] >> 8) < threshold ? 0.0f : 1.0f;
    }
    const std::int64_t count = n - start < 4 * kCounters ? n - start : 4 * kCounters;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) y[start + i] = kept[i] != 0.0f ? x[start + i] * factor : 0.0f;
  }
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
