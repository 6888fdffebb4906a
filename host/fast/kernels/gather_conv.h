// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/fast/kernels/vector.h"

/// Convolution of one-hot input by adding up filter rows, and its adjoint, see kernels.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

/// Vectors of one output position that are kept in registers at once.
inline constexpr int kGatherVectors = 6;

/// Calls body.operator()<vectors>(first column, columns in the last vector) over blocks of nearly equal size.
template <typename Body>
GENOCUDA_INLINE void for_gather_blocks(std::int64_t channels, const Body& body) {
  const std::int64_t vectors = (channels + kLanes - 1) / kLanes;
  const std::int64_t blocks = (vectors + kGatherVectors - 1) / kGatherVectors;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const std::int64_t begin = vectors * block / blocks, end = vectors * (block + 1) / blocks;
    const std::int64_t last = end * kLanes <= channels ? kLanes : channels - (end - 1) * kLanes;
    switch (end - begin) {
      case 1:
        body.template operator()<1>(begin * kLanes, last);
        break;
      case 2:
        body.template operator()<2>(begin * kLanes, last);
        break;
      case 3:
        body.template operator()<3>(begin * kLanes, last);
        break;
      case 4:
        body.template operator()<4>(begin * kLanes, last);
        break;
      case 5:
        body.template operator()<5>(begin * kLanes, last);
        break;
      default:
        body.template operator()<kGatherVectors>(begin * kLanes, last);
    }
  }
}

void gather_conv(const float* table, std::int64_t tap_size, const std::uint32_t* rows, std::int64_t positions,
                 std::int64_t taps, std::int64_t stride, std::int64_t dilation, std::int64_t channels, float* y) {
  for_gather_blocks(channels, [&]<int kVectors>(std::int64_t first, std::int64_t last) {
    for (std::int64_t o = 0; o < positions; ++o) {
      Vector total[kVectors] = {};
      const std::uint32_t* row = rows + o * stride;
      const float* tap = table + first;
      for (std::int64_t k = 0; k < taps; ++k, row += dilation, tap += tap_size) {
        const float* p = tap + *row;
        for (int v = 0; v < kVectors; ++v) total[v] += load(p + v * kLanes);
      }
      float* to = y + o * channels + first;
      for (int v = 0; v < kVectors - 1; ++v) store(to + v * kLanes, total[v]);
      if (last == kLanes) {
        store(to + (kVectors - 1) * kLanes, total[kVectors - 1]);
      } else {
        store_some(to + (kVectors - 1) * kLanes, total[kVectors - 1], last);
      }
    }
  });
}

void scatter_conv(const float* dy, const std::uint32_t* rows, std::int64_t positions, std::int64_t taps,
                  std::int64_t stride, std::int64_t dilation, std::int64_t channels, std::int64_t tap_size,
                  float* table) {
  for_gather_blocks(channels, [&]<int kVectors>(std::int64_t first, std::int64_t last) {
    for (std::int64_t o = 0; o < positions; ++o) {
      const float* from = dy + o * channels + first;
      Vector d[kVectors];
      for (int v = 0; v < kVectors - 1; ++v) d[v] = load(from + v * kLanes);
      const float* end = from + (kVectors - 1) * kLanes;
      d[kVectors - 1] = last == kLanes ? load(end) : load_some(end, last);
      const std::uint32_t* row = rows + o * stride;
      float* tap = table + first;
      for (std::int64_t k = 0; k < taps; ++k, row += dilation, tap += tap_size) {
        float* p = tap + *row;
        for (int v = 0; v < kVectors; ++v) store(p + v * kLanes, load(p + v * kLanes) + d[v]);
      }
    }
  });
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
