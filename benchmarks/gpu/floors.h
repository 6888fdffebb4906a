// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"
#include "core/implementation.h"

/// The least work that an operator costs on a GPU. Over the bandwidth and the peaks of a card it gives a time that no
/// implementation can beat.
namespace genocuda::bench {

struct Floor {
  double bytes = 0;  ///< every operand read once, every result written once
  /// Floating-point operations (a multiply-add is two) by the arithmetic that does them at best. One-hot DNA is exact
  /// in bf16, so only the filters need more than one part: a first layer in fp32 or TF32 costs twice its operations in
  /// bf16. Operators without products count none: memory bounds them.
  double fp32 = 0, tf32 = 0, bf16 = 0;

  double flop() const { return fp32 + tf32 + bf16; }
  Floor& operator+=(const Floor& other);
};

Floor floor_of(const Problem& problem);

/// The operations of all nodes of a graph. It has no bytes: what moves depends on what is fused.
Floor operations_of(const Graph& graph, Precision precision);

}  // namespace genocuda::bench
