// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

#include "core/ops/sliding_window.h"

namespace genocuda::reference {

/// Calls visit(o, k, i) for each output position o, in order, and each place k in its window that looks at a position i
/// of the sequence and not at padding.
template <typename Visit>
void for_each_tap(const SlidingWindow& window, std::int64_t input_length, std::int64_t output_length, Visit&& visit) {
  for (std::int64_t o = 0; o < output_length; ++o) {
    for (std::int64_t k = 0; k < window.width; ++k) {
      const std::int64_t i = o * window.stride - window.pad_left + k * window.dilation;
      if (i >= 0 && i < input_length) visit(o, k, i);
    }
  }
}

/// Whether the challenger takes the place of the largest number so far: NaN wins, and ties go to the first.
template <typename T>
bool beats(T challenger, T champion) {
  return challenger > champion || (std::isnan(challenger) && !std::isnan(champion));
}

}  // namespace genocuda::reference
