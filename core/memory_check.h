// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/device.h"

/// What the debug modes of an executable look at, on any device. Each call waits for the stream; all are slow.
namespace genocuda {

/// A piece of the arena with red zones round it.
struct GuardedMemory {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
  std::size_t red_zone = 0;
  bool on_host = false;  ///< the host may look at it, and AddressSanitizer watch it
};

/// Marks the red zones, and fills the memory with ones (as a float, a NaN that no arithmetic makes). In a build with
/// AddressSanitizer, red zones on the host are closed to all: who reads one is named on the spot.
void poison(Stream& stream, const GuardedMemory& memory);

/// What a node did wrong to memory poisoned before it ran, or "" where it did nothing wrong: a red zone touched, or
/// elements of a floating or i32 tensor that still hold the poison (the other types have no value to spare).
std::string find_violation(Stream& stream, const GuardedMemory& memory, const TensorType& type);

/// Whether a tensor of floats holds a NaN or infinity; false for other types.
bool has_nonfinite(Stream& stream, const TensorView& tensor);

}  // namespace genocuda
