// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "simt/warp.h"

namespace simt {

/// What a lane brings to mma.sync of 16 x 8 results, and takes home in `d`.
struct MmaPayload {
  float d[4];
  std::uint32_t a[4], b[2];
};

struct LdmatrixPayload {
  /// The row at the lane's address, where that address counts.
  std::uint16_t row[8];
  std::uint32_t registers[4];
};

extern const WarpOperation kMmaM16n8k8Tf32, kMmaM16n8k16Bf16, kMmaM16n8k16F16;
/// One, two or four matrices have their rows at the addresses of lanes 0 to 7, 15 or 31.
extern const WarpOperation kLdmatrixX2, kLdmatrixX2Trans, kLdmatrixX4, kLdmatrixX4Trans;

}  // namespace simt
