// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/vector.h"

/// Kernels over rows of channels, see kernels.h. Sums run down the rows in order, each column in a lane of its own.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

/// Calls body.operator()<vectors>(first column, columns in a vector) over blocks whose sums fit in registers; the last
/// block may be a part of one vector.
template <typename Body>
GENOCUDA_INLINE void for_column_blocks(std::int64_t channels, const Body& body) {
  std::int64_t first = 0;
  for (; first + 4 * kLanes <= channels; first += 4 * kLanes) body.template operator()<4>(first, std::int64_t{kLanes});
  for (; first + kLanes <= channels; first += kLanes) body.template operator()<1>(first, std::int64_t{kLanes});
  if (first < channels) body.template operator()<1>(first, channels - first);
}

GENOCUDA_INLINE Vector load_lanes(const float* p, std::int64_t lanes) {
  return lanes == kLanes ? load(p) : load_some(p, lanes);
}
GENOCUDA_INLINE void store_lanes(float* p, Vector v, std::int64_t lanes) {
  if (lanes == kLanes) {
    store(p, v);
  } else {
    store_some(p, v, lanes);
  }
}

/// Sums of the columns, or of their squares.
template <bool kSquares>
GENOCUDA_INLINE void reduce_columns(const float* x, std::int64_t rows, std::int64_t channels, float* sums) {
  for_column_blocks(channels, [&]<int kVectors>(std::int64_t first, std::int64_t lanes) {
    Vector total[kVectors] = {};
    for (std::int64_t row = 0; row < rows; ++row) {
      const float* p = x + row * channels + first;
      for (int v = 0; v < kVectors; ++v) {
        const Vector value = load_lanes(p + v * kLanes, lanes);
        total[v] += kSquares ? value * value : value;
      }
    }
    for (int v = 0; v < kVectors; ++v) store_lanes(sums + first + v * kLanes, total[v], lanes);
  });
}

void column_sums(const float* x, std::int64_t rows, std::int64_t channels, float* sums) {
  reduce_columns<false>(x, rows, channels, sums);
}

void column_squares(const float* x, std::int64_t rows, std::int64_t channels, float* sums) {
  reduce_columns<true>(x, rows, channels, sums);
}

double sum(const float* x, std::int64_t n) {
  typedef float Half __attribute__((vector_size(kLanes * 2)));
  typedef double Doubles __attribute__((vector_size(kLanes * 4)));
  constexpr int kHalf = kLanes / 2, kVectors = 4;
  Doubles total[kVectors] = {};
  std::int64_t i = 0;
  for (; i + kVectors * kHalf <= n; i += kVectors * kHalf) {
    for (int v = 0; v < kVectors; ++v) {
      Half value;
      __builtin_memcpy(&value, x + i + v * kHalf, sizeof value);
      total[v] += __builtin_convertvector(value, Doubles);
    }
  }
  const Doubles lanes = (total[0] + total[1]) + (total[2] + total[3]);
  double result = 0;
  for (int lane = 0; lane < kHalf; ++lane) result += lanes[lane];
  for (; i < n; ++i) result += static_cast<double>(x[i]);
  return result;
}

float sum_of_squares(const float* x, std::int64_t n) {
  constexpr int kVectors = 4;
  Vector total[kVectors] = {};
  std::int64_t i = 0;
  for (; i + kVectors * kLanes <= n; i += kVectors * kLanes) {
    for (int v = 0; v < kVectors; ++v) {
      const Vector value = load(x + i + v * kLanes);
      total[v] += value * value;
    }
  }
  const Vector lanes = (total[0] + total[1]) + (total[2] + total[3]);
  float result = 0;
  for (int lane = 0; lane < kLanes; ++lane) result += lanes[lane];
  for (; i < n; ++i) result += x[i] * x[i];
  return result;
}

void moments(const float* x, const float* shift, std::int64_t rows, std::int64_t channels, float* mean,
             float* squares) {
  const float share = 1.0f / static_cast<float>(rows);
  for_column_blocks(channels, [&]<int kVectors>(std::int64_t first, std::int64_t lanes) {
    Vector origin[kVectors], average[kVectors] = {}, total[kVectors] = {};
    for (int v = 0; v < kVectors; ++v) origin[v] = load_lanes(shift + first + v * kLanes, lanes);
    for (std::int64_t row = 0; row < rows; ++row) {
      const float* p = x + row * channels + first;
      for (int v = 0; v < kVectors; ++v) average[v] += load_lanes(p + v * kLanes, lanes) - origin[v];
    }
    for (int v = 0; v < kVectors; ++v) average[v] *= share;
    for (std::int64_t row = 0; row < rows; ++row) {
      const float* p = x + row * channels + first;
      for (int v = 0; v < kVectors; ++v) {
        const Vector difference = load_lanes(p + v * kLanes, lanes) - origin[v] - average[v];
        total[v] += difference * difference;
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      store_lanes(mean + first + v * kLanes, average[v], lanes);
      store_lanes(squares + first + v * kLanes, total[v], lanes);
    }
  });
}

void normalise_sums(const float* dy, const float* x, const float* mean, std::int64_t rows, std::int64_t channels,
                    float* dy_sums, float* product_sums) {
  for_column_blocks(channels, [&]<int kVectors>(std::int64_t first, std::int64_t lanes) {
    Vector centre[kVectors], total[kVectors] = {}, product[kVectors] = {};
    for (int v = 0; v < kVectors; ++v) centre[v] = load_lanes(mean + first + v * kLanes, lanes);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t at = row * channels + first;
      for (int v = 0; v < kVectors; ++v) {
        const Vector d = load_lanes(dy + at + v * kLanes, lanes);
        total[v] += d;
        product[v] += d * (load_lanes(x + at + v * kLanes, lanes) - centre[v]);
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      store_lanes(dy_sums + first + v * kLanes, total[v], lanes);
      store_lanes(product_sums + first + v * kLanes, product[v], lanes);
    }
  });
}

void add_bias(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t channels) {
  for (std::int64_t row = 0; row < rows; ++row, x += channels, y += channels) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) y[c] = x[c] + bias[c];
  }
}

void scale_columns(const float* x, const float* factor, float* y, std::int64_t rows, std::int64_t channels) {
  for (std::int64_t row = 0; row < rows; ++row, x += channels, y += channels) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) y[c] = x[c] * factor[c];
  }
}

void normalise(const float* x, const float* mean, const float* factor, const float* offset, float* y, std::int64_t rows,
               std::int64_t channels) {
  for (std::int64_t row = 0; row < rows; ++row, x += channels, y += channels) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) y[c] = (x[c] - mean[c]) * factor[c] + offset[c];
  }
}

void normalise_backward(const float* dy, const float* x, const float* mean, const float* factor, const float* constant,
                        const float* slope, float* dx, std::int64_t rows, std::int64_t channels) {
  for (std::int64_t row = 0; row < rows; ++row, dy += channels, x += channels, dx += channels) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) {
      dx[c] = (dy[c] - constant[c] - (x[c] - mean[c]) * slope[c]) * factor[c];
    }
  }
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
