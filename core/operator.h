// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor_type.h"

namespace genocuda {

class Graph;
class Value;
struct Node;

/// What a rule of differentiation sees of the node it differentiates.
class NodeHandle {
 public:
  NodeHandle(Graph& graph, int id) : graph_(graph), id_(id) {}
  Graph& graph() const { return graph_; }
  Value input(int i) const;
  int input_count() const;
  Value output(int i = 0) const;
  const Node& node() const;  ///< valid until the next node is added
  template <typename T>
  T attribute() const;

 private:
  Graph& graph_;
  int id_;
};

/// An operator is data and rules; it computes nothing itself. What runs it on a device stands in that device's
/// implementation table. Operators are compared by address.
struct Operator {
  /// The types of the outputs; throws Error(invalid_argument) with what does not fit (the graph adds operator and
  /// scope).
  using InferRule = std::vector<TensorType> (*)(const std::any& attributes, std::span<const TensorType> inputs);
  /// Reverse mode (VJP): from the cotangents of the outputs (empty handles where nothing flows back) to those of the
  /// inputs (empty where an input is not differentiable).
  using VjpRule = std::vector<Value> (*)(const NodeHandle& node, std::span<const Value> cotangents);
  /// Forward mode (JVP): from the tangents of the inputs (empty where zero) to those of the outputs (empty where zero).
  using JvpRule = std::vector<Value> (*)(const NodeHandle& node, std::span<const Value> tangents);
  /// The input in whose memory this output may be written, or -1. Implementations read an element of that input at
  /// latest when they write the element of the output at the same place.
  using InPlaceRule = int (*)(const Node& node, int output);

  /// The attributes in one line of text, the same for equal attributes alone.
  using DescribeRule = std::string (*)(const std::any& attributes);

  std::string_view name;
  InferRule infer = nullptr;
  VjpRule vjp = nullptr;  ///< null: reverse mode through it is an Error
  JvpRule jvp = nullptr;  ///< null: forward mode through it is an Error
  InPlaceRule in_place = nullptr;
  bool view = false;                ///< output 0 is input 0 under another shape: no implementation, no memory
  DescribeRule describe = nullptr;  ///< null, where there are attributes: implementations are never chosen by timing
};

/// For Operator::in_place: output 0 may take the place of input 0.
int first_input_in_place(const Node& node, int output);

}  // namespace genocuda
