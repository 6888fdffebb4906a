// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/vector.h"

/// Kernels of max-pooling, see kernels.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

/// True where `challenger` takes the place of `champion`: where it is larger, or the first NaN.
template <typename Number>
GENOCUDA_INLINE auto beats(Number challenger, Number champion) {
  return ((challenger > champion) | (challenger != challenger)) & (champion == champion);
}

/// `kVectors` vectors of columns side by side, since each waits for its last comparison before the next.
template <int kVectors, typename Index>
GENOCUDA_INLINE void max_pool_vectors(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels,
                                      float* y, Index* argmax) {
  typedef Index Indices __attribute__((vector_size(kLanes * sizeof(Index))));
  Vector best[kVectors];
  Integers winner[kVectors];
  for (int v = 0; v < kVectors; ++v) {
    best[v] = load(x + v * kLanes);
    winner[v] = Integers{} + static_cast<std::int32_t>(first_tap);
  }
  for (std::int64_t k = 1; k < taps; ++k) {
    for (int v = 0; v < kVectors; ++v) {
      const Vector value = load(x + k * channels + v * kLanes);
      const Integers wins = beats(value, best[v]);
      best[v] = wins ? value : best[v];
      winner[v] = wins ? Integers{} + static_cast<std::int32_t>(first_tap + k) : winner[v];
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    store(y + v * kLanes, best[v]);
    const Indices narrow = __builtin_convertvector(winner[v], Indices);
    __builtin_memcpy(argmax + v * kLanes, &narrow, sizeof narrow);
  }
}

template <typename Index>
GENOCUDA_INLINE void max_pool_columns(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels,
                                      float* y, Index* argmax) {
  std::int64_t c = 0;
  for (; c + 3 * kLanes <= channels; c += 3 * kLanes) {
    max_pool_vectors<3>(x + c, taps, first_tap, channels, y + c, argmax + c);
  }
  for (; c + kLanes <= channels; c += kLanes) {
    max_pool_vectors<1>(x + c, taps, first_tap, channels, y + c, argmax + c);
  }
  for (; c < channels; ++c) {
    float best = x[c];
    std::int64_t winner = 0;
    for (std::int64_t k = 1; k < taps; ++k) {
      const float value = x[k * channels + c];
      const bool wins = beats(value, best);
      best = wins ? value : best;
      winner = wins ? k : winner;
    }
    y[c] = best;
    argmax[c] = static_cast<Index>(first_tap + winner);
  }
}

void max_pool_u8(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels, float* y,
                 std::uint8_t* argmax) {
  max_pool_columns(x, taps, first_tap, channels, y, argmax);
}
void max_pool_i32(const float* x, std::int64_t taps, std::int64_t first_tap, std::int64_t channels, float* y,
                  std::int32_t* argmax) {
  max_pool_columns(x, taps, first_tap, channels, y, argmax);
}

template <typename Index>
GENOCUDA_INLINE void spread_columns(const float* dy, const Index* argmax, std::int64_t tap, std::int64_t channels,
                                    bool add, float* dx) {
  const Index wanted = static_cast<Index>(tap);
  if (add) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) dx[c] += argmax[c] == wanted ? dy[c] : 0.0f;
  } else {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) dx[c] = argmax[c] == wanted ? dy[c] : 0.0f;
  }
}

void max_pool_backward_u8(const float* dy, const std::uint8_t* argmax, std::int64_t tap, std::int64_t channels,
                          bool add, float* dx) {
  spread_columns(dy, argmax, tap, channels, add, dx);
}
void max_pool_backward_i32(const float* dy, const std::int32_t* argmax, std::int64_t tap, std::int64_t channels,
                           bool add, float* dx) {
  spread_columns(dy, argmax, tap, channels, add, dx);
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
