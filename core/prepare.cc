// SPDX-License-Identifier: Apache-2.0
#include "core/prepare.h"

#include <algorithm>

#include "core/planner.h"
#include "core/tuner.h"

namespace genocuda {
namespace {

/// The implementation that the options ask for, or "".
std::string_view forced_for(const Problem& problem, const Device& device, const ExecutableOptions& options) {
  if (const auto own = options.implementations.find(problem.op.name); own != options.implementations.end()) {
    return own->second;
  }
  const auto every = options.implementations.find("*");
  if (every == options.implementations.end()) return {};
  const auto candidates = device.implementations().candidates(problem.op);
  const bool fits = std::ranges::any_of(candidates, [&](const Implementation& candidate) {
    return candidate.name == every->second && candidate.supports(problem);
  });
  return fits ? std::string_view(every->second) : std::string_view();
}

}  // namespace

std::vector<PreparedNode> prepare_nodes(const Graph& graph, std::span<const int> schedule, Device& device,
                                        const ExecutableOptions& options) {
  std::vector<PreparedNode> nodes;
  for (const int id : schedule) {
    const Node& node = graph.node(id);
    if (node.op->view) continue;
    std::vector<TensorType> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(graph.type(input));
    const Problem problem{*node.op, node.attributes, inputs, node.outputs, options.precision, &device};
    const std::string_view forced = forced_for(problem, device, options);
    const Implementation* chosen = nullptr;
    if (forced.empty() && options.tuner != nullptr) chosen = options.tuner->choose(problem);
    if (chosen == nullptr) chosen = &device.implementations().choose(problem, forced);
    nodes.push_back({id, chosen->name, chosen->prepare(problem)});
  }
  return nodes;
}

MemoryNeed memory_need(const Graph& graph, const VariableStore& variables, const ExecutableOptions& options,
                       const SharedInputs& shared) {
  const std::vector<int> schedule = make_schedule(graph);
  ExecutableOptions untimed = options;  // to ask is cheap, for as many batch sizes as one likes
  untimed.tuner = nullptr;
  std::vector<std::size_t> scratch(static_cast<std::size_t>(graph.size()), 0);
  for (const PreparedNode& each : prepare_nodes(graph, schedule, variables.device(), untimed)) {
    scratch[static_cast<std::size_t>(each.node)] = each.prepared.scratch_bytes;
  }
  MemoryNeed need{.arena = plan_memory(graph, schedule, scratch).arena_bytes};
  for (int id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    if (!is_leaf(node)) continue;
    const std::size_t bytes = node.outputs[0].bytes();
    if (node.op == &ops::kVariable) {
      if (!variables.contains(name_of(node))) need.variables += bytes;
    } else if (node.op == &ops::kConstant || !shared.contains(name_of(node))) {
      need.leaves += bytes;
    }
  }
  return need;
}

}  // namespace genocuda
