// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"

/// A computational graph with its numbers: what is drawn to explain differentiation.
namespace genocuda {

enum class DerivativeMode { none, forward, reverse };

struct DerivativeGraph {
  struct Node {
    std::string name;
    std::string formula;  ///< empty for an input
    double value = 0;
    std::optional<double> derivative;  ///< forward: of this node by the input; reverse: of the result by this node
  };
  struct Edge {
    int from = 0, to = 0;   ///< nodes; a node that reads another twice has two edges from it
    double derivative = 0;  ///< of `to` by this operand, all others held
  };

  std::vector<Node> nodes;  ///< each behind those that it reads; the last one is the result
  std::vector<Edge> edges;
  DerivativeMode mode = DerivativeMode::none;
  std::string input;  ///< forward mode: the one that derivatives are by
};

/// Where derivatives are taken and by which mode.
struct DerivativeRequest {
  std::map<std::string, double> at;  ///< the value of every input
  DerivativeMode mode = DerivativeMode::none;
  std::string input = {};  ///< of forward mode
};

/// The graph of an expression (core/expression.h), evaluated on the device with its derivatives, all by the operators'
/// own rules and the two modes of core/differentiate.h. Throws Error(invalid_argument) for a wrong expression and for
/// inputs without a value or values without an input.
DerivativeGraph derivative_graph(std::string_view expression, const DerivativeRequest& request, Device& device);

}  // namespace genocuda
