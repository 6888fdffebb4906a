// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/executable.h"
#include "core/implementation.h"

/// What stands between a graph and its executable: implementations chosen, and how much memory that takes.
namespace genocuda {

/// A node with the implementation that runs it.
struct PreparedNode {
  int node = -1;
  std::string_view implementation;
  Prepared prepared;
};

/// For the nodes of a schedule (core/planner.h) in its order; views need none and are left out.
std::vector<PreparedNode> prepare_nodes(const Graph& graph, std::span<const int> schedule, Device& device,
                                        const ExecutableOptions& options);

/// Bytes of device memory that an executable holds.
struct MemoryNeed {
  std::size_t arena = 0;      ///< all intermediate values and scratch
  std::size_t leaves = 0;     ///< inputs, but for the shared ones, and constants
  std::size_t variables = 0;  ///< of its graph that the store does not have yet
  std::size_t bytes() const { return arena + leaves + variables; }
};

/// What an executable of the same arguments would take, without making it; nothing is timed, where there is a tuner.
MemoryNeed memory_need(const Graph& graph, const VariableStore& variables, const ExecutableOptions& options = {},
                       const SharedInputs& shared = {});

}  // namespace genocuda
