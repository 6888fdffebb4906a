// SPDX-License-Identifier: Apache-2.0
#include "core/passes.h"

#include "core/planner.h"
#include "core/rebuilder.h"

namespace genocuda {
Graph remove_dead_nodes(const Graph& graph) {
  std::vector<bool> keep(graph.size(), false);
  const auto keep_leaf = [&](ValueId id) { keep[id.node] = true; };
  for (const int id : make_schedule(graph)) {
    keep[id] = true;
    for (const ValueId input : graph.node(id).inputs) keep_leaf(input);
  }
  for (const auto& [name, id] : graph.outputs()) keep_leaf(id);
  for (const auto& [variable, id] : graph.assignments()) {
    keep_leaf(variable);
    keep_leaf(id);
  }
  Rebuilder rebuilder(graph);
  for (int id = 0; id < graph.size(); ++id) {
    if (keep[id] || graph.node(id).op == &ops::kInput) rebuilder.copy(id);
  }
  return rebuilder.finish();
}

const Node* FusionSite::single_producer(const Node& consumer, int i, const Operator& op) const {
  const ValueId input = consumer.inputs[i];
  const Node& producer = source_.node(input.node);
  return producer.op == &op && uses_[input.node] == 1 ? &producer : nullptr;
}

Graph fuse(const Graph& graph, std::span<const FusionRule> rules) {
  std::vector<int> uses(graph.size(), 0);
  for (int id = 0; id < graph.size(); ++id) {
    for (const ValueId input : graph.node(id).inputs) ++uses[input.node];
  }
  for (const auto& [name, id] : graph.outputs()) ++uses[id.node];
  for (const auto& [variable, id] : graph.assignments()) ++uses[id.node];

  Rebuilder rebuilder(graph);
  for (int id = 0; id < graph.size(); ++id) {
    const FusionSite site(graph, id, uses, [&](ValueId old) { return rebuilder.mapped(old); });
    std::optional<std::vector<Value>> fused;
    {
      const Graph::Scope scope(rebuilder.graph(), graph.node(id).scope);
      for (const FusionRule& rule : rules) {
        if (!fused) fused = rule.rewrite(site);
      }
    }
    if (fused) {
      rebuilder.replace(id, *fused);
    } else {
      rebuilder.copy(id);
    }
  }
  return remove_dead_nodes(rebuilder.finish());
}

}  // namespace genocuda
