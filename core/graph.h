// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/operator.h"
#include "core/tensor_type.h"

namespace genocuda {

class Graph;

/// Names one output of one node.
struct ValueId {
  int node = -1;
  int output = 0;
  auto operator<=>(const ValueId&) const = default;
};

/// A handle on a value of a graph under construction: what expressions are written with. Cheap to copy; valid as long
/// as its graph lives at the same address. A default-constructed handle is empty.
class Value {
 public:
  Value() = default;
  Value(Graph& graph, ValueId id) : graph_(&graph), id_(id) {}

  explicit operator bool() const { return graph_ != nullptr; }
  Graph& graph() const { return *graph_; }
  ValueId id() const { return id_; }
  const TensorType& type() const;
  const Shape& shape() const { return type().shape; }
  DType dtype() const { return type().dtype; }

 private:
  Graph* graph_ = nullptr;
  ValueId id_;
};

/// One application of an operator. Nodes are immutable once added.
struct Node {
  const Operator* op = nullptr;
  std::any attributes;  ///< the operator's attribute struct, empty for operators without one
  std::vector<ValueId> inputs;
  std::vector<TensorType> outputs;
  std::string scope;  ///< the layer it was built for, "conv1/batch_norm"; for messages and drawings

  template <typename T>
  const T& attribute() const {
    return std::any_cast<const T&>(attributes);
  }
};

/// A computation: nodes in an order in which each uses only earlier ones, named outputs, and assignments that carry a
/// value over into a variable at the end of a run. Not safe for building by several threads at once.
class Graph {
 public:
  Graph() = default;
  Graph(Graph&&) = default;  ///< handles to the moved-from graph become invalid
  Graph& operator=(Graph&&) = default;

  /// What the caller feeds before each run. Names are unique among inputs.
  Value input(std::string_view name, TensorType type);
  /// What persists between runs and may be assigned: weights, running statistics, optimizer state. The same name gives
  /// the same value again; a different type then is an Error.
  Value variable(std::string_view name, TensorType type);
  /// A tensor with the same number everywhere.
  Value constant(double value, TensorType type);

  /// Adds a node and returns its outputs; throws Error(invalid_argument) naming the operator, the scope and the shapes
  /// where they do not fit.
  std::vector<Value> apply(const Operator& op, std::any attributes, std::vector<Value> inputs);
  Value apply_one(const Operator& op, std::any attributes, std::vector<Value> inputs) {
    return apply(op, std::move(attributes), std::move(inputs)).front();
  }

  void output(std::string_view name, Value value);
  /// At the end of a run `variable` takes on `value`, which has its type.
  void assign(Value variable, Value value);

  int size() const { return static_cast<int>(nodes_.size()); }
  const Node& node(int id) const { return nodes_[id]; }
  const TensorType& type(ValueId id) const { return nodes_[id.node].outputs[id.output]; }
  Value value(ValueId id) { return {*this, id}; }
  const std::vector<std::pair<std::string, ValueId>>& outputs() const { return outputs_; }
  const std::vector<std::pair<ValueId, ValueId>>& assignments() const { return assignments_; }
  /// Look-ups by name; an unknown name is an Error.
  Value find_output(std::string_view name);
  /// All variables in the order of their first use.
  std::vector<Value> variables();

  /// Prefixes the scope of the nodes added during its life.
  class Scope {
   public:
    Scope(Graph& graph, std::string_view name);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Graph& graph_;
    std::size_t outer_;
  };
  const std::string& current_scope() const { return scope_; }

 private:
  friend class Scope;
  std::vector<Node> nodes_;
  std::vector<std::pair<std::string, ValueId>> outputs_;
  std::vector<std::pair<ValueId, ValueId>> assignments_;
  std::string scope_;
};

/// The name of an input or variable node; an Error for other nodes.
const std::string& name_of(const Node& node);

namespace ops {
/// Leaves of the graph: no implementation runs them, the executable gives them memory.
extern const Operator kInput, kVariable, kConstant;
struct LeafAttributes {
  std::string name;
  TensorType type;
  double value = 0;  ///< of a constant
};
}  // namespace ops

inline bool is_leaf(const Node& node) {
  return node.op == &ops::kInput || node.op == &ops::kVariable || node.op == &ops::kConstant;
}

template <typename T>
T NodeHandle::attribute() const {
  return node().attribute<T>();
}

}  // namespace genocuda
