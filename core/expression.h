// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/graph.h"

/// Formulas as people type them, as graphs.
namespace genocuda {

struct NamedValue {
  Value value;
  std::string name;
  std::string formula;  ///< "a + b", of the names of other values; empty for an input
};

/// A formula of scalars. `values` holds every input and every intermediate result once, a value behind those that it is
/// computed from; the last one is the result.
struct Expression {
  std::vector<NamedValue> values;
  const NamedValue& result() const { return values.back(); }
};

/// Builds "e = (a + b) * (b + 1)" from the engine's operators, or several such, separated by semicolons, each of which
/// may use the names before it: "c = a + b; d = b + 1; e = c * d". Names that nothing defines are inputs, f64 scalars
/// of `graph`. Intermediate results without a name are called v1, v2, … There are +, −, *, a division by a number, and
/// the engine's activations by name: sigmoid(x), leaky_relu(x, 0.1). Throws Error(invalid_argument) that names the
/// column.
Expression parse_expression(Graph& graph, std::string_view text);

}  // namespace genocuda
