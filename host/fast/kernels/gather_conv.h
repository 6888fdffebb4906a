// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "host/fast/kernels/vector.h"

/// Convolution of one-hot input by adding up rows of tables, and its adjoint, see kernels.h.
namespace genocuda::fast::GENOCUDA_LEVEL {
namespace {

/// Vectors of one output position that are kept in registers at once.
inline constexpr int kGatherVectors = 6;

/// Output positions by which the adjoint asks for memory ahead: rows of `columns` out of `channels` are nothing that
/// the machine would foresee.
inline constexpr int kAhead = 8;

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

void gather_conv(const WordLookup& lookup, const float* tables, float* y) {
  for_gather_blocks(lookup.columns, [&]<int kVectors>(std::int64_t first, std::int64_t last) {
    for (std::int64_t o = 0; o < lookup.positions; ++o) {
      Vector total[kVectors] = {};
      const std::uint8_t* word = lookup.words + o * lookup.stride;
      const float* table = tables + first;
      for (std::int64_t t = 0; t < lookup.tables; ++t, word += lookup.step, table += lookup.table_size) {
        const float* row = table + *word * lookup.row_size;
        for (int v = 0; v < kVectors; ++v) total[v] += load(row + v * kLanes);
      }
      float* to = y + o * lookup.channels + first;
      for (int v = 0; v < kVectors - 1; ++v) store(to + v * kLanes, total[v]);
      if (last == kLanes) {
        store(to + (kVectors - 1) * kLanes, total[kVectors - 1]);
      } else {
        store_some(to + (kVectors - 1) * kLanes, total[kVectors - 1], last);
      }
    }
  });
}

void stream(const float* x, float* y, std::int64_t n) {
  std::int64_t i = 0;
#if defined(__SSE2__)
  for (; i < n && reinterpret_cast<std::uintptr_t>(y + i) % 64 != 0; ++i) y[i] = x[i];
  for (; i + 16 <= n; i += 16) {
    for (int part = 0; part < 16; part += 4) _mm_stream_ps(y + i + part, _mm_loadu_ps(x + i + part));
  }
  _mm_sfence();
#endif
  for (; i < n; ++i) y[i] = x[i];
}

void scatter_conv(const WordLookup& lookup, const float* dy, float* tables) {
  for_gather_blocks(lookup.columns, [&]<int kVectors>(std::int64_t first, std::int64_t last) {
    for (std::int64_t o = 0; o < lookup.positions; ++o) {
      const float* from = dy + o * lookup.channels + first;
      for (int v = 0; v < kVectors; ++v) __builtin_prefetch(from + kAhead * lookup.channels + v * kLanes);
      Vector d[kVectors];
      for (int v = 0; v < kVectors - 1; ++v) d[v] = load(from + v * kLanes);
      const float* end = from + (kVectors - 1) * kLanes;
      d[kVectors - 1] = last == kLanes ? load(end) : load_some(end, last);
      const std::uint8_t* word = lookup.words + o * lookup.stride;
      float* table = tables + first;
      for (std::int64_t t = 0; t < lookup.tables; ++t, word += lookup.step, table += lookup.table_size) {
        float* row = table + *word * lookup.row_size;
        for (int v = 0; v < kVectors; ++v) store(row + v * kLanes, load(row + v * kLanes) + d[v]);
      }
    }
  });
}

}  // namespace
}  // namespace genocuda::fast::GENOCUDA_LEVEL
