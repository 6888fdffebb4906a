// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include "simt/vector_types.h"

/// bf16 and fp16 as bits, with the conversions of cuda_bf16.h and cuda_fp16.h. No arithmetic: kernels compute in float.

struct __nv_bfloat16 {
  std::uint16_t bits;
};
struct __half {
  std::uint16_t bits;
};
struct alignas(4) __nv_bfloat162 {
  __nv_bfloat16 x, y;
};
struct alignas(4) __half2 {
  __half x, y;
};

namespace simt {

/// To the nearest bf16, ties to even; any NaN becomes the one of CUDA.
constexpr std::uint16_t bf16_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

constexpr float bf16_value(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

/// To the nearest fp16, ties to even, with subnormal numbers; past the largest, infinity; any NaN becomes the one of
/// CUDA. By hand, as clang 14 has no _Float16 on x86-64.
constexpr std::uint16_t half_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0x7fff;
  if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520 and more
  // The mantissa with its hidden bit, shifted to where fp16 keeps it: 13 places, more below the smallest normal 2^-14.
  const std::uint32_t exponent = magnitude >> 23;
  const std::uint32_t shift = exponent >= 113 ? 13 : 126 - exponent;
  if (shift > 24) return static_cast<std::uint16_t>(sign);  // less than half of the smallest subnormal
  const std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  const std::uint32_t kept = mantissa >> shift, dropped = mantissa & ((1u << shift) - 1), half = 1u << (shift - 1);
  const std::uint32_t rounded = kept + (dropped > half || (dropped == half && (kept & 1u)) ? 1 : 0);
  // A normal number's hidden bit carries 1 into the exponent, hence 113 rather than 112; so does rounding up.
  return static_cast<std::uint16_t>(sign | (exponent >= 113 ? ((exponent - 113) << 10) + rounded : rounded));
}

constexpr float half_value(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1fu, mantissa = bits & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

}  // namespace simt

constexpr __nv_bfloat16 __float2bfloat16_rn(float value) { return {simt::bf16_bits(value)}; }
constexpr __nv_bfloat16 __float2bfloat16(float value) { return __float2bfloat16_rn(value); }
constexpr float __bfloat162float(__nv_bfloat16 value) { return simt::bf16_value(value.bits); }
constexpr std::uint16_t __bfloat16_as_ushort(__nv_bfloat16 value) { return value.bits; }
constexpr __nv_bfloat16 __ushort_as_bfloat16(std::uint16_t bits) { return {bits}; }
constexpr __nv_bfloat162 __halves2bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) { return {x, y}; }
constexpr __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
  return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)};
}
constexpr __nv_bfloat162 __float22bfloat162_rn(float2 value) { return __floats2bfloat162_rn(value.x, value.y); }
constexpr float2 __bfloat1622float2(__nv_bfloat162 value) {
  return {__bfloat162float(value.x), __bfloat162float(value.y)};
}
constexpr __nv_bfloat16 __low2bfloat16(__nv_bfloat162 value) { return value.x; }
constexpr __nv_bfloat16 __high2bfloat16(__nv_bfloat162 value) { return value.y; }
constexpr float __low2float(__nv_bfloat162 value) { return __bfloat162float(value.x); }
constexpr float __high2float(__nv_bfloat162 value) { return __bfloat162float(value.y); }

constexpr __half __float2half_rn(float value) { return {simt::half_bits(value)}; }
constexpr __half __float2half(float value) { return __float2half_rn(value); }
constexpr float __half2float(__half value) { return simt::half_value(value.bits); }
constexpr std::uint16_t __half_as_ushort(__half value) { return value.bits; }
constexpr __half __ushort_as_half(std::uint16_t bits) { return {bits}; }
constexpr __half2 __halves2half2(__half x, __half y) { return {x, y}; }
constexpr __half2 __floats2half2_rn(float x, float y) { return {__float2half_rn(x), __float2half_rn(y)}; }
constexpr __half2 __float22half2_rn(float2 value) { return __floats2half2_rn(value.x, value.y); }
constexpr float2 __half22float2(__half2 value) { return {__half2float(value.x), __half2float(value.y)}; }
constexpr __half __low2half(__half2 value) { return value.x; }
constexpr __half __high2half(__half2 value) { return value.y; }
constexpr float __low2float(__half2 value) { return __half2float(value.x); }
constexpr float __high2float(__half2 value) { return __half2float(value.y); }
