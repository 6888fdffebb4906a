// SPDX-License-Identifier: Apache-2.0
#include "core/graph.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.h"

namespace genocuda {
namespace {

std::vector<TensorType> infer_leaf(const std::any& attributes, std::span<const TensorType>) {
  return {std::any_cast<const ops::LeafAttributes&>(attributes).type};
}

std::string describe(const Operator& op, const std::string& scope, std::span<const TensorType> inputs) {
  std::vector<std::string> types;
  for (const TensorType& type : inputs) types.push_back(type.to_string());
  return fmt::format("{}{}({})", scope.empty() ? "" : scope + ": ", op.name, fmt::join(types, ", "));
}

}  // namespace

namespace ops {
constinit const Operator kInput{.name = "input", .infer = infer_leaf};
constinit const Operator kVariable{.name = "variable", .infer = infer_leaf};
constinit const Operator kConstant{.name = "constant", .infer = infer_leaf};
}  // namespace ops

int first_input_in_place(const Node&, int output) { return output == 0 ? 0 : -1; }

const TensorType& Value::type() const { return graph_->type(id_); }

Value NodeHandle::input(int i) const { return {graph_, graph_.node(id_).inputs[i]}; }
int NodeHandle::input_count() const { return static_cast<int>(graph_.node(id_).inputs.size()); }
Value NodeHandle::output(int i) const { return {graph_, ValueId{id_, i}}; }
const Node& NodeHandle::node() const { return graph_.node(id_); }

const std::string& name_of(const Node& node) { return node.attribute<ops::LeafAttributes>().name; }

Value Graph::input(std::string_view name, TensorType type) {
  for (const Node& node : nodes_) {
    if (node.op == &ops::kInput && name_of(node) == name) {
      throw Error(ErrorKind::invalid_argument, "the graph already has an input '{}'", name);
    }
  }
  return apply_one(ops::kInput, ops::LeafAttributes{std::string(name), type}, {});
}

Value Graph::variable(std::string_view name, TensorType type) {
  for (int id = 0; id < size(); ++id) {
    if (nodes_[id].op != &ops::kVariable || name_of(nodes_[id]) != name) continue;
    if (nodes_[id].outputs[0] != type) {
      throw Error(ErrorKind::invalid_argument, "variable '{}' is {} here and {} elsewhere", name, type.to_string(),
                  nodes_[id].outputs[0].to_string());
    }
    return {*this, {id, 0}};
  }
  return apply_one(ops::kVariable, ops::LeafAttributes{std::string(name), type}, {});
}

Value Graph::constant(double value, TensorType type) {
  return apply_one(ops::kConstant, ops::LeafAttributes{"", type, value}, {});
}

std::vector<Value> Graph::apply(const Operator& op, std::any attributes, std::vector<Value> inputs) {
  Node node{&op, std::move(attributes), {}, {}, scope_};
  std::vector<TensorType> types;
  for (const Value& input : inputs) {
    if (!input || &input.graph() != this) {
      throw Error(ErrorKind::internal, "{}: an operand of {} is not of this graph", scope_, op.name);
    }
    node.inputs.push_back(input.id());
    types.push_back(input.type());
  }
  try {
    node.outputs = op.infer(node.attributes, types);
  } catch (const Error& error) {
    throw Error(error.kind(), "{}: {}", describe(op, scope_, types), error.what());
  }
  nodes_.push_back(std::move(node));
  std::vector<Value> values;
  for (int i = 0; i < static_cast<int>(nodes_.back().outputs.size()); ++i) values.push_back({*this, {size() - 1, i}});
  return values;
}

void Graph::output(std::string_view name, Value value) {
  for (const auto& [known, id] : outputs_) {
    if (known == name) throw Error(ErrorKind::invalid_argument, "the graph already has an output '{}'", name);
  }
  outputs_.emplace_back(name, value.id());
}

void Graph::assign(Value variable, Value value) {
  if (node(variable.id().node).op != &ops::kVariable) {
    throw Error(ErrorKind::internal, "only a variable can be assigned, not a {}", node(variable.id().node).op->name);
  }
  if (variable.type() != value.type()) {
    throw Error(ErrorKind::internal, "variable '{}' is {}, but {} was assigned to it",
                name_of(node(variable.id().node)), variable.type().to_string(), value.type().to_string());
  }
  const auto taken = std::ranges::find(assignments_, variable.id(), &std::pair<ValueId, ValueId>::first);
  if (taken != assignments_.end()) {
    throw Error(ErrorKind::internal, "variable '{}' is assigned twice", name_of(node(variable.id().node)));
  }
  assignments_.emplace_back(variable.id(), value.id());
}

Value Graph::find_output(std::string_view name) {
  for (const auto& [known, id] : outputs_) {
    if (known == name) return {*this, id};
  }
  throw Error(ErrorKind::invalid_argument, "the graph has no output '{}'", name);
}

std::vector<Value> Graph::variables() {
  std::vector<Value> result;
  for (int id = 0; id < size(); ++id) {
    if (nodes_[id].op == &ops::kVariable) result.push_back({*this, {id, 0}});
  }
  return result;
}

Graph::Scope::Scope(Graph& graph, std::string_view name) : graph_(graph), outer_(graph.scope_.size()) {
  if (!graph_.scope_.empty()) graph_.scope_ += '/';
  graph_.scope_ += name;
}

Graph::Scope::~Scope() { graph_.scope_.resize(outer_); }

}  // namespace genocuda
