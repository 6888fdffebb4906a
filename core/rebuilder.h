// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "core/graph.h"

namespace genocuda {

/// Copies a graph node by node into a new one: what passes are written with. Outputs and assignments follow at the end.
class Rebuilder {
 public:
  explicit Rebuilder(const Graph& source) : source_(source) {}

  /// What stands for a value of the source; its node must have been copied or replaced.
  Value mapped(ValueId old) { return {target_, map_.at(old)}; }

  void copy(int id) {
    const Node& node = source_.node(id);
    std::vector<Value> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(mapped(input));
    const Graph::Scope scope(target_, node.scope);
    replace(id, target_.apply(*node.op, node.attributes, std::move(inputs)));
  }

  /// Lets `values` stand for the outputs of a node.
  void replace(int id, const std::vector<Value>& values) {
    for (int i = 0; i < static_cast<int>(values.size()); ++i) map_[{id, i}] = values[i].id();
  }

  Graph& graph() { return target_; }

  Graph finish() {
    for (const auto& [name, id] : source_.outputs()) target_.output(name, mapped(id));
    for (const auto& [variable, id] : source_.assignments()) target_.assign(mapped(variable), mapped(id));
    return std::move(target_);
  }

 private:
  const Graph& source_;
  Graph target_;
  std::map<ValueId, ValueId> map_;
};

}  // namespace genocuda
