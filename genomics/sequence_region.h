// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "genomics/packed_sequence.h"

namespace genocuda {

/// The bases [start, start + length) of a sequence, which must outlive it.
struct SequenceRegion {
  const PackedSequence* sequence = nullptr;
  std::int64_t start = 0, length = 0;
};

}  // namespace genocuda
