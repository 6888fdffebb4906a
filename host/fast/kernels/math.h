// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/vector.h"

/// Elementary functions without branches, so that loops over them become vector code. Errors are bounds on the relative
/// error, measured over all floats of the range (tests/host/vector_math_test.cc); NaN gives NaN, overflow gives
/// infinity.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

/// x = n · log 2 + r with |r| <= log(2) / 2, and e^r − 1. For |x| beyond the range of e^x n stays where 2^n can be
/// made.
struct Exponential {
  float expm1_r;
  std::int32_t n;
};

GENOCUDA_INLINE Exponential exponential(float x) {
  // Comparisons this way round let a NaN pass.
  x = x < -150.0f ? -150.0f : x;
  x = x > 130.0f ? 130.0f : x;
  // Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits.
  constexpr float kMagic = 12582912.0f;
  const float shifted = x * 1.44269504f + kMagic;
  const std::int32_t n = __builtin_bit_cast(std::int32_t, shifted) - 0x4B400000;
  const float whole = shifted - kMagic;
  // log 2 in two parts; the first has few bits, so that its product with n is exact (Cody, Waite).
  float r = x - whole * 0.693359375f;
  r = r + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return {p * (r * r) + r, n};
}

GENOCUDA_INLINE float power_of_two(std::int32_t n) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(n + 127) << 23);
}

/// Error 1.2e-7; the results below 2^-126 are rounded to what is left of them.
GENOCUDA_INLINE float exp(float x) {
  const Exponential e = exponential(x);
  // Two factors: 2^n alone can over- or underflow where the product does not.
  const std::int32_t half = e.n >> 1;
  return (1.0f + e.expm1_r) * power_of_two(half) * power_of_two(e.n - half);
}

/// Error 2.4e-7.
GENOCUDA_INLINE float expm1(float x) {
  const float bounded = x < -30.0f ? -30.0f : x;  // e^x − 1 is −1 in float long before
  const Exponential e = exponential(bounded);
  const std::int32_t half = e.n >> 1;
  const float small = power_of_two(half), power = power_of_two(e.n - half);
  return (e.expm1_r * power * small) + (power * small - 1.0f);
}

/// log(1 + t) for 0 <= t <= 1: 2 artanh(s) with s = t / (2 + t) <= 1/3. Error 1.5e-7.
GENOCUDA_INLINE float log1p_of_unit(float t) {
  const float s = t / (2.0f + t), z = s * s;
  float p = 0.0769230769f;
  p = p * z + 0.0909090909f;
  p = p * z + 0.1111111111f;
  p = p * z + 0.1428571429f;
  p = p * z + 0.2f;
  p = p * z + 0.3333333333f;
  return t - s * (t - 2.0f * z * p);  // as 2 s = t − s t
}

GENOCUDA_INLINE float absolute(float x) { return __builtin_fabsf(x); }

/// Error 2e-7.
GENOCUDA_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exp(-x)); }

/// Error 2e-7.
GENOCUDA_INLINE float tanh(float x) {
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float small = x + x * z * p;
  const float large = 1.0f - 2.0f / (exp(2.0f * absolute(x)) + 1.0f);
  return absolute(x) < 0.625f ? small : __builtin_copysignf(large, x);
}

/// Error 2e-7.
GENOCUDA_INLINE float softplus(float x) {
  const float positive = x < 0.0f ? 0.0f : x;
  return positive + log1p_of_unit(exp(-absolute(x)));
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
