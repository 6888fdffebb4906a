// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/graph.h"

namespace genocuda {

/// The input of that name, which is added where the graph has none yet: for what several parts of a graph read.
inline Value shared_input(Graph& graph, std::string_view name, const TensorType& type) {
  for (int id = 0; id < graph.size(); ++id) {
    if (graph.node(id).op == &ops::kInput && name_of(graph.node(id)) == name) return graph.value({id, 0});
  }
  return graph.input(name, type);
}

}  // namespace genocuda
