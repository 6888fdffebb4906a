// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "genomics/examples.h"

namespace genocuda {

/// Stands for a sequence and its reverse complement alike. 128 bits of hash: among ten million sequences the chance
/// that two different ones share a key is below 1e-24.
struct SequenceKey {
  std::uint64_t high = 0, low = 0;
  friend auto operator<=>(const SequenceKey&, const SequenceKey&) = default;
};

/// The key of every example's window, in order.
std::vector<SequenceKey> sequence_keys(const Examples& examples);

}  // namespace genocuda
