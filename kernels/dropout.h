// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

namespace genocuda::kernels {

/// Which elements are dropped: core/ops/dropout.h says how they are drawn.
struct Dropout {
  double rate;  ///< 0 <= rate < 1
  std::uint64_t seed;
  std::uint32_t layer;
};

/// y = x with elements dropped and the others divided by 1 − rate; y may be x. `step` lies in device memory, so that a
/// recorded launch drops other elements when the step has moved on. The bits drawn are those of core/philox.h.
void dropout(std::int64_t n, Storage storage, const Dropout& which, const std::int32_t* step, const void* x, void* y,
             Stream stream);

}  // namespace genocuda::kernels
