// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The terms of the losses with a term per entry, and their derivatives.

#include <cmath>

#include "kernels/device.cuh"

namespace genocuda::kernels {

/// p is a logit, t in [0, 1].
struct BinaryCrossEntropy {
  static __device__ __forceinline__ float term(float p, float t) {
    return fmaxf(p, 0.0f) + log1pf(expf(-fabsf(p))) - t * p;
  }
  static __device__ __forceinline__ float slope(float p, float t) { return 1.0f / (1.0f + expf(-p)) - t; }
};

struct SquaredError {
  static __device__ __forceinline__ float term(float p, float t) { return (p - t) * (p - t); }
  static __device__ __forceinline__ float slope(float p, float t) { return 2.0f * (p - t); }
};

/// p is the logarithm of a rate.
struct PoissonLoss {
  static __device__ __forceinline__ float term(float p, float t) { return expf(p) - t * p; }
  static __device__ __forceinline__ float slope(float p, float t) { return expf(p) - t; }
};

/// What a term per row adds to −Σ t · log softmax(p): nothing, or the logarithm of the multinomial's coefficient.
struct CrossEntropy {
  static __device__ __forceinline__ double of_count(float) { return 0; }
  static __device__ __forceinline__ double of_total(double) { return 0; }
};

struct Multinomial {
  /// log t!, which is 0 for the counts that profiles are full of.
  static __device__ __forceinline__ double of_count(float t) {
    return t == 0.0f || t == 1.0f ? 0 : lgamma(static_cast<double>(t) + 1);
  }
  static __device__ __forceinline__ double of_total(double total) { return -lgamma(total + 1); }
};

/// In place of a term where the divisor alone is asked for.
struct NoTerm {
  static __device__ __forceinline__ float term(float, float) { return 0; }
};

}  // namespace genocuda::kernels
