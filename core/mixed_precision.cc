// SPDX-License-Identifier: Apache-2.0
#include "core/mixed_precision.h"

#include <algorithm>
#include <any>
#include <map>
#include <utility>
#include <vector>

#include "core/implementation.h"
#include "core/ops/affine.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "core/passes.h"
#include "core/rebuilder.h"

namespace genocuda {
namespace {

bool is_convolution(const Operator& op) {
  return &op == &ops::kConv1d || &op == &ops::kConv1dActivation || &op == &ops::kOnehotConv1d ||
         &op == &ops::kOnehotConv1dPool;
}

/// Of the operators whose operands may differ in type: what there is one of a channel.
bool is_per_channel(const Operator& op, std::size_t input) {
  return (&op == &ops::kBatchNorm || &op == &ops::kBatchNormInference) && input > 0;
}

/// Which nodes of a forward graph store their outputs in bf16.
class StoragePlan {
 public:
  explicit StoragePlan(const Graph& graph) : graph_(graph), rows_(count_rows(graph)), in_bf16_(graph.size(), false) {
    for (int id = 0; id < graph.size(); ++id) in_bf16_[id] = follows_convolution(graph.node(id));
    // Backwards, so that a view asks for the bf16 that one of its readers asks it for.
    for (int id = graph.size() - 1; id >= 0; --id) {
      if (!in_bf16_[id]) continue;
      for (const ValueId input : graph.node(id).inputs) {
        const Node& source = graph.node(input.node);
        if (source.op == &ops::kOneHot || source.op->view) in_bf16_[input.node] = true;
      }
    }
  }

  bool in_bf16(int id) const { return in_bf16_[id]; }

 private:
  /// The first extent of what convolutions make: examples, or the two strands of each.
  static std::int64_t count_rows(const Graph& graph) {
    std::int64_t rows = 0;
    for (int id = 0; id < graph.size(); ++id) {
      const Node& node = graph.node(id);
      if (is_convolution(*node.op)) rows = std::max(rows, node.outputs[0].shape[0]);
    }
    return rows;
  }

  /// A vector an example, or one in all: a batch's mean or variance.
  bool is_vector(const Shape& shape) const { return shape.rank() < 2 || (shape.rank() == 2 && shape[0] <= rows_); }

  bool follows_convolution(const Node& node) const {
    if (is_leaf(node) || node.outputs[0].dtype != DType::f32) return false;
    if (is_convolution(*node.op)) return true;
    return std::ranges::any_of(node.inputs, [&](ValueId input) {
      return in_bf16_[input.node] && graph_.type(input).dtype == DType::f32 &&
             (node.op->view || !is_vector(graph_.type(input).shape));
    });
  }

  const Graph& graph_;
  const std::int64_t rows_;
  std::vector<bool> in_bf16_;
};

/// Copies a graph with casts where the storage changes.
class Storer {
 public:
  explicit Storer(const Graph& source) : source_(source), plan_(source), rebuilder_(source) {}

  Graph store() {
    for (int id = 0; id < source_.size(); ++id) {
      if (is_leaf(source_.node(id))) {
        rebuilder_.copy(id);
      } else {
        apply(id);
      }
    }
    Graph& graph = rebuilder_.graph();
    for (const auto& [name, id] : source_.outputs())
      graph.output(name, as(rebuilder_.mapped(id), source_.type(id).dtype));
    for (const auto& [variable, id] : source_.assignments()) {
      graph.assign(rebuilder_.mapped(variable), as(rebuilder_.mapped(id), source_.type(id).dtype));
    }
    return std::move(graph);
  }

 private:
  void apply(int id) {
    const Node& node = source_.node(id);
    const Graph::Scope scope(rebuilder_.graph(), node.scope);
    std::vector<Value> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(input(id, i));
    std::any attributes = node.attributes;
    if (node.op == &ops::kOneHot && plan_.in_bf16(id)) {
      std::any_cast<ops::OneHotAttributes&>(attributes).dtype = DType::bf16;
    }
    rebuilder_.replace(id, rebuilder_.graph().apply(*node.op, std::move(attributes), std::move(inputs)));
  }

  Value input(int id, std::size_t i) {
    const Node& node = source_.node(id);
    const Value value = rebuilder_.mapped(node.inputs[i]);
    if (source_.type(node.inputs[i]).dtype != DType::f32) return value;
    return as(value, plan_.in_bf16(id) && !is_per_channel(*node.op, i) ? DType::bf16 : DType::f32);
  }

  /// Once for all its readers.
  Value as(Value value, DType dtype) {
    if (value.dtype() == dtype) return value;
    Value& known = casts_[{value.id(), dtype}];
    if (!known) known = cast(value, dtype);
    return known;
  }

  const Graph& source_;
  StoragePlan plan_;
  Rebuilder rebuilder_;
  std::map<std::pair<ValueId, DType>, Value> casts_;
};

bool supported(const Graph& graph, int id, const Device& device) {
  const Node& node = graph.node(id);
  if (is_leaf(node) || node.op->view) return true;
  std::vector<TensorType> inputs;
  for (const ValueId input : node.inputs) inputs.push_back(graph.type(input));
  const Problem problem{*node.op, node.attributes, inputs, node.outputs, Precision::bf16};
  return std::ranges::any_of(device.implementations().candidates(*node.op),
                             [&](const Implementation& candidate) { return candidate.supports(problem); });
}

}  // namespace

std::optional<Graph> store_in_bf16(const Graph& forward, const Device& device) {
  std::optional<Graph> stored = Storer(forward).store();
  for (int id = 0; id < stored->size(); ++id) {
    if (!supported(*stored, id, device)) return std::nullopt;
  }
  return stored;
}

Graph specialise(const Graph& forward, const Device& device, Precision precision) {
  Graph fused = fuse(forward, fusion_rules(device));
  if (precision != Precision::bf16) return fused;
  std::optional<Graph> stored = store_in_bf16(fused, device);
  return stored ? std::move(*stored) : std::move(fused);
}

bool offers(const Device& device, Precision precision) {
  const TensorType matrix{DType::f32, {64, 64}};
  const std::any attributes = ops::MatmulAttributes{};
  const auto row = [&](Precision asked) {
    const TensorType inputs[] = {matrix, matrix};
    return &device.implementations().choose({ops::kMatmul, attributes, inputs, {&matrix, 1}, asked});
  };
  return precision == Precision::fp32 || row(precision) != row(Precision::fp32);
}

}  // namespace genocuda
