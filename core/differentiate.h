// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/graph.h"

/// Differentiation as graph transforms: both modes add ordinary nodes to the graph of their operands.
namespace genocuda {

struct Derivatives {
  std::vector<Value> values;
  std::size_t edges = 0;  ///< edges of the graph that a rule carried a derivative over; each is touched at most once
};

/// Reverse mode: the gradients of the scalar `loss` with respect to each value of `wrt`, of their types; a constant
/// zero for one that the loss does not depend on. Throws Error(invalid_argument) where the loss is no scalar or an
/// operator on the way has no reverse rule. (Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT
/// 1976.)
Derivatives gradient(Value loss, std::span<const Value> wrt);

struct Seed {
  Value value;
  Value tangent;  ///< of the type of `value`
};

/// Forward mode: the tangents of `outputs` along the direction that gives each seed's value its tangent and everything
/// else zero. Throws Error(invalid_argument) where an operator on the way has no forward rule. (Wengert, "A simple
/// automatic derivative evaluation program", CACM 1964.)
Derivatives tangent(std::span<const Value> outputs, std::span<const Seed> seeds);

}  // namespace genocuda
