// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Activations and their derivatives as functors of one float, a type each, so that a kernel holds the code of one kind
/// alone. Branches are written so that a NaN stays a NaN.

#include <cmath>

#include "kernels/activation.h"
#include "kernels/device.cuh"

namespace genocuda::kernels {

/// The function of a kind; alpha is used by the kinds that name it.
template <ActivationKind kKind>
struct ActivationFunction {
  float alpha;

  __device__ __forceinline__ float operator()(float x) const {
    if constexpr (kKind == ActivationKind::sigmoid) {
      return 1.0f / (1.0f + expf(-x));
    } else if constexpr (kKind == ActivationKind::tanh) {
      return tanhf(x);
    } else if constexpr (kKind == ActivationKind::relu) {
      return x <= 0.0f ? 0.0f : x;
    } else if constexpr (kKind == ActivationKind::thresholded_relu) {
      return x <= alpha ? 0.0f : x;
    } else if constexpr (kKind == ActivationKind::leaky_relu) {
      return x > 0.0f ? x : alpha * x;
    } else if constexpr (kKind == ActivationKind::softplus) {
      return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x)));
    } else if constexpr (kKind == ActivationKind::elu) {
      return x > 0.0f ? x : alpha * expm1f(x);
    } else if constexpr (kKind == ActivationKind::gelu) {
      constexpr float kInverseSqrt2 = 0.707106781186547524f;
      return 0.5f * x * erfcf(-x * kInverseSqrt2);
    } else if constexpr (kKind == ActivationKind::exp) {
      return expf(x);
    } else {
      static_assert(kKind == ActivationKind::log1p);
      return log1pf(x);
    }
  }
};

/// d · f′, of the derivative d that comes in and of y = f(x) where kFromOutput, else of x.
template <ActivationKind kKind, bool kFromOutput>
struct ActivationDerivative {
  float alpha;

  __device__ __forceinline__ float operator()(float d, float saved) const { return d * slope(saved); }

 private:
  __device__ __forceinline__ float slope(float saved) const {
    if constexpr (kKind == ActivationKind::sigmoid) {
      return saved * (1.0f - saved);
    } else if constexpr (kKind == ActivationKind::tanh) {
      return 1.0f - saved * saved;
    } else if constexpr (kKind == ActivationKind::relu) {
      return saved > 0.0f ? 1.0f : 0.0f;
    } else if constexpr (kKind == ActivationKind::thresholded_relu) {
      return saved > (kFromOutput ? 0.0f : alpha) ? 1.0f : 0.0f;
    } else if constexpr (kKind == ActivationKind::leaky_relu) {
      return saved > 0.0f ? 1.0f : alpha;
    } else if constexpr (kKind == ActivationKind::softplus) {
      return -expm1f(-saved);  // sigmoid(x) = 1 − 1 / (1 + e^x) = 1 − e^−y
    } else if constexpr (kKind == ActivationKind::elu) {
      return saved > 0.0f ? 1.0f : kFromOutput ? saved + alpha : alpha * expf(saved);
    } else if constexpr (kKind == ActivationKind::gelu) {
      constexpr float kInverseSqrt2 = 0.707106781186547524f, kInverseSqrt2Pi = 0.398942280401432678f;
      return 0.5f * erfcf(-saved * kInverseSqrt2) + saved * kInverseSqrt2Pi * expf(-0.5f * saved * saved);
    } else if constexpr (kKind == ActivationKind::exp) {
      return saved;
    } else {
      static_assert(kKind == ActivationKind::log1p);
      return expf(-saved);
    }
  }
};

/// Calls `f` with the kind as a type: `f(std::integral_constant<ActivationKind, …>{})`.
template <typename F>
void with_activation(ActivationKind kind, F f) {
  const auto call = [&]<ActivationKind kKind>() { f(std::integral_constant<ActivationKind, kKind>{}); };
  switch (kind) {
    case ActivationKind::sigmoid:
      return call.template operator()<ActivationKind::sigmoid>();
    case ActivationKind::tanh:
      return call.template operator()<ActivationKind::tanh>();
    case ActivationKind::relu:
      return call.template operator()<ActivationKind::relu>();
    case ActivationKind::thresholded_relu:
      return call.template operator()<ActivationKind::thresholded_relu>();
    case ActivationKind::leaky_relu:
      return call.template operator()<ActivationKind::leaky_relu>();
    case ActivationKind::softplus:
      return call.template operator()<ActivationKind::softplus>();
    case ActivationKind::elu:
      return call.template operator()<ActivationKind::elu>();
    case ActivationKind::gelu:
      return call.template operator()<ActivationKind::gelu>();
    case ActivationKind::exp:
      return call.template operator()<ActivationKind::exp>();
    case ActivationKind::log1p:
      return call.template operator()<ActivationKind::log1p>();
  }
}

}  // namespace genocuda::kernels
