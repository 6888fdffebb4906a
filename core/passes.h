// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/graph.h"

/// Transforms from graph to graph that keep the named outputs and the assignments, and their values.
namespace genocuda {

class Device;

/// The graph without the nodes that no output and no assignment needs. Inputs stay.
Graph remove_dead_nodes(const Graph& graph);

/// What a fusion rule sees: a node of the old graph, and the values of the new graph that stand for old ones.
class FusionSite {
 public:
  FusionSite(const Graph& source, int node, const std::vector<int>& uses, std::function<Value(ValueId)> mapped)
      : source_(source), node_(node), uses_(uses), mapped_(std::move(mapped)) {}

  const Node& node() const { return source_.node(node_); }
  /// The node that makes input `i` of a node of the old graph, if it is an application of `op` and that node is its
  /// single consumer; else null.
  const Node* single_producer(const Node& consumer, int i, const Operator& op) const;
  const Node* single_producer(int i, const Operator& op) const { return single_producer(node(), i, op); }
  /// The new graph's value for an input of this node or of a producer.
  Value mapped(ValueId old) const { return mapped_(old); }

 private:
  const Graph& source_;
  int node_;
  const std::vector<int>& uses_;
  std::function<Value(ValueId)> mapped_;
};

/// A pattern that ends in a node: gives the outputs that replace that node's, or nothing where it does not match.
struct FusionRule {
  std::string_view name;
  std::optional<std::vector<Value>> (*rewrite)(const FusionSite& site);
  const Operator* makes = nullptr;  ///< what stands for the pattern
};

/// Rewrites what matches a rule, before differentiation: a fused operator brings its own gradient.
Graph fuse(const Graph& graph, std::span<const FusionRule> rules);

/// The rules of the library: one_hot → conv1d becomes onehot_conv1d; with add_bias, an activation and max_pool1d behind
/// it, all of it onehot_conv1d_pool; conv1d or matmul, add_bias and an activation become conv1d_activation or
/// dense_activation. Those of them that pay on a device: it has an implementation of what they make
/// other than the reference, which is slower than the parts are.
std::vector<FusionRule> fusion_rules(const Device& device);
/// All of them, whatever it costs.
std::span<const FusionRule> all_fusion_rules();

}  // namespace genocuda
