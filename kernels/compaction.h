// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/stream.h"

/// The indices of the rows that something holds for, in ascending order. `indices` has room for all n; how many there
/// are is returned when the stream has come to that point, so that this is not for recorded graphs. Works in temporary
/// memory of its own. Throws std::runtime_error (from CUDA).
namespace genocuda::kernels {

/// Rows whose flag is not 0.
std::int64_t select_flagged(std::int64_t n, const std::uint8_t* flags, std::int64_t* indices, Stream stream);

/// Rows whose value values[row · stride] is at least `threshold`: predictions that call a site. NaN is not.
std::int64_t select_at_least(std::int64_t n, const float* values, std::int64_t stride, float threshold,
                             std::int64_t* indices, Stream stream);

}  // namespace genocuda::kernels
