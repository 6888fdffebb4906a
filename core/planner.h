// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/graph.h"

namespace genocuda {

/// Where a value lies while an executable runs.
struct Placement {
  enum class Kind {
    unused,  ///< its node is not in the schedule
    leaf,    ///< in the memory of the input, variable or constant `leaf`
    arena,   ///< in the arena at `offset`
  };
  Kind kind = Kind::unused;
  ValueId leaf;
  std::size_t offset = 0;
};

/// Places for all values and scratch of a schedule in one arena that they share over time.
struct MemoryPlan {
  std::vector<std::vector<Placement>> values;  ///< by node and output
  std::vector<std::size_t> scratch;            ///< by node: offset in the arena
  std::size_t arena_bytes = 0;
  std::size_t unshared_bytes = 0;  ///< what the values and scratch would take side by side

  const Placement& operator[](ValueId id) const { return values[id.node][id.output]; }
};

struct PlanOptions {
  std::size_t alignment = 256;  ///< of every place
  std::size_t red_zone = 0;     ///< bytes kept free before and after every place
};

/// The nodes that outputs and assignments need, in an order in which each follows what it uses; leaves left out.
std::vector<int> make_schedule(const Graph& graph);

/// Plans by liveness and best fit. Views lie in the memory of what they view; an output lies in place of an input where
/// its operator declares so and nothing uses that input any more; this holds for a variable, too, if it is assigned in
/// this graph, so that an optimizer's update needs no copy. `scratch_bytes` is by node.
MemoryPlan plan_memory(const Graph& graph, std::span<const int> schedule, std::span<const std::size_t> scratch_bytes,
                       const PlanOptions& options = {});

}  // namespace genocuda
