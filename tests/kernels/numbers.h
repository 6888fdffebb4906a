// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

/// Numbers for tests of launchers, and how far two lots of them are apart.
namespace genocuda::kernel_test {

/// Spread over [low, high), the same in every run.
inline std::vector<float> numbers(std::size_t count, float low = -1, float high = 1, std::uint32_t seed = 1) {
  std::vector<float> values(count);
  std::uint32_t state = seed * 2654435761U + 1;
  for (float& value : values) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    value = low + (high - low) * static_cast<float>(state >> 8) * 0x1p-24F;
  }
  return values;
}

inline std::uint16_t to_bf16(float value) {
  const auto word = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
}
inline float from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

inline std::vector<std::uint16_t> to_bf16(const std::vector<float>& values) {
  std::vector<std::uint16_t> result;
  for (const float value : values) result.push_back(to_bf16(value));
  return result;
}
inline std::vector<float> from_bf16(const std::vector<std::uint16_t>& values) {
  std::vector<float> result;
  for (const std::uint16_t value : values) result.push_back(from_bf16(value));
  return result;
}

/// max |actual − expected| / max |expected|; NaN where a number is.
template <typename T>
double error(const std::vector<T>& actual, const std::vector<double>& expected) {
  if (actual.size() != expected.size()) return NAN;
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double apart = std::abs(actual[i] - expected[i]);
    if (std::isnan(apart)) return NAN;
    worst = std::max(worst, apart);
    largest = std::max(largest, std::abs(expected[i]));
  }
  return worst == 0 ? 0 : worst / largest;
}

}  // namespace genocuda::kernel_test
