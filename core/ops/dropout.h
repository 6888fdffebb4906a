// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/graph.h"

namespace genocuda {

/// Sets each element to 0 with probability `rate` and divides the others by 1 − rate (inverted dropout). Element i of
/// step s is dropped where philox::uniform(seed, layer · 2^32 + s, i) < rate (core/philox.h), on every device. `step`
/// is an i32 scalar. (Srivastava et al. 2014.)
Value dropout(Value x, Value step, double rate, std::uint64_t seed, std::uint32_t layer);

namespace ops {
/// dropout(x, step) -> y: linear with a diagonal matrix, so its own derivative in both modes.
extern const Operator kDropout;
struct DropoutAttributes {
  double rate = 0.5;
  std::uint64_t seed = 0;
  std::uint32_t layer = 0;
};
}  // namespace ops

}  // namespace genocuda
