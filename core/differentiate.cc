// SPDX-License-Identifier: Apache-2.0
#include "core/differentiate.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/ops/arithmetic.h"

namespace genocuda {
namespace {

[[noreturn]] void no_rule(const Node& node, std::string_view mode) {
  throw Error(ErrorKind::invalid_argument, "{}{} has no {}-mode derivative",
              node.scope.empty() ? "" : node.scope + ": ", node.op->name, mode);
}

void check_rule_result(const Node& node, std::span<const Value> values, std::size_t expected) {
  if (values.size() != expected) {
    throw Error(ErrorKind::internal, "the derivative rule of {} gave {} values, not {}", node.op->name, values.size(),
                expected);
  }
}

/// For each node below `end` whether it depends on one of `sources`.
std::vector<bool> dependents(const Graph& graph, std::span<const Value> sources, int end) {
  std::vector<bool> depends(end, false);
  for (const Value& source : sources) {
    if (source.id().node < end) depends[source.id().node] = true;
  }
  for (int id = 0; id < end; ++id) {
    const auto& inputs = graph.node(id).inputs;
    if (std::ranges::any_of(inputs, [&](ValueId input) { return depends[input.node]; })) depends[id] = true;
  }
  return depends;
}

std::string derived_scope(std::string_view derivative, const Node& node) {
  return fmt::format("{} of {}", derivative, node.scope.empty() ? node.op->name : std::string_view(node.scope));
}

Value zeros(Value like) { return like.graph().constant(0, like.type()); }

}  // namespace

Derivatives gradient(Value loss, std::span<const Value> wrt) {
  if (loss.shape().rank() != 0) {
    throw Error(ErrorKind::invalid_argument, "the gradient of a scalar was asked for, but the loss is {}",
                loss.type().to_string());
  }
  Graph& graph = loss.graph();
  const int end = loss.id().node + 1;
  const std::vector<bool> active = dependents(graph, wrt, end);

  // Nodes stand in topological order, so when the walk reaches a node all that uses it has already added its share:
  // each edge is visited once, however many paths run over it.
  std::map<ValueId, Value> cotangents{{loss.id(), graph.constant(1, loss.type())}};
  Derivatives result;
  for (int id = end - 1; id >= 0; --id) {
    if (!active[id] || is_leaf(graph.node(id))) continue;
    std::vector<Value> incoming(graph.node(id).outputs.size());
    for (int i = 0; i < static_cast<int>(incoming.size()); ++i) {
      if (const auto found = cotangents.find({id, i}); found != cotangents.end()) incoming[i] = found->second;
    }
    if (std::ranges::none_of(incoming, [](const Value& value) { return static_cast<bool>(value); })) continue;
    if (graph.node(id).op->vjp == nullptr) no_rule(graph.node(id), "reverse");

    const Graph::Scope scope(graph, derived_scope("gradient", graph.node(id)));
    const std::vector<Value> outgoing = graph.node(id).op->vjp(NodeHandle(graph, id), incoming);
    const std::vector<ValueId> inputs = graph.node(id).inputs;
    check_rule_result(graph.node(id), outgoing, inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!outgoing[i] || !active[inputs[i].node]) continue;
      ++result.edges;
      Value& sum = cotangents[inputs[i]];
      sum = sum ? sum + outgoing[i] : outgoing[i];
    }
  }
  for (const Value& value : wrt) {
    const auto found = cotangents.find(value.id());
    result.values.push_back(found != cotangents.end() ? found->second : zeros(value));
  }
  return result;
}

Derivatives tangent(std::span<const Value> outputs, std::span<const Seed> seeds) {
  Derivatives result;
  if (outputs.empty()) return result;
  Graph& graph = outputs.front().graph();
  std::map<ValueId, Value> tangents;
  std::vector<Value> sources;
  for (const Seed& seed : seeds) {
    if (seed.tangent.type() != seed.value.type()) {
      throw Error(ErrorKind::invalid_argument, "a tangent {} does not fit its value {}",
                  seed.tangent.type().to_string(), seed.value.type().to_string());
    }
    tangents[seed.value.id()] = seed.tangent;
    sources.push_back(seed.value);
  }
  int end = 0;
  for (const Value& value : outputs) end = std::max(end, value.id().node + 1);
  const std::vector<bool> active = dependents(graph, sources, end);

  for (int id = 0; id < end; ++id) {
    if (!active[id] || is_leaf(graph.node(id))) continue;
    const std::vector<ValueId> inputs = graph.node(id).inputs;
    std::vector<Value> incoming;
    for (const ValueId input : inputs) {
      const auto found = tangents.find(input);
      incoming.push_back(found != tangents.end() ? found->second : Value());
      if (found != tangents.end()) ++result.edges;
    }
    if (std::ranges::none_of(incoming, [](const Value& value) { return static_cast<bool>(value); })) continue;
    if (graph.node(id).op->jvp == nullptr) no_rule(graph.node(id), "forward");

    const Graph::Scope scope(graph, derived_scope("tangent", graph.node(id)));
    const std::vector<Value> outgoing = graph.node(id).op->jvp(NodeHandle(graph, id), incoming);
    check_rule_result(graph.node(id), outgoing, graph.node(id).outputs.size());
    for (int i = 0; i < static_cast<int>(outgoing.size()); ++i) {
      // A seed in the middle of a graph stands: its tangent is given, not derived.
      if (outgoing[i]) tangents.emplace(ValueId{id, i}, outgoing[i]);
    }
  }
  for (const Value& value : outputs) {
    const auto found = tangents.find(value.id());
    result.values.push_back(found != tangents.end() ? found->second : zeros(value));
  }
  return result;
}

}  // namespace genocuda
