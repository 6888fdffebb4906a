// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/graph.h"
#include "core/ops/loss.h"
#include "learn/model/initialise.h"
#include "learn/model/model_spec.h"

/// From a ModelSpec to nodes of a graph.
namespace genocuda {

/// `training`: batch statistics, dropout, and running statistics that are assigned. `inference`: neither.
enum class Mode { training, inference };

/// What the data decide.
struct ModelSize {
  std::int64_t length = 0;  ///< of the input
  std::int64_t tasks = 0;
  bool operator==(const ModelSize&) const = default;
};

/// The spec's own length and tasks, where the given ones are 0. Throws Error(invalid_argument) where neither side says
/// one that the model needs.
ModelSize resolve_size(const ModelSpec& spec, ModelSize given = {});
/// The spec with its length and tasks fixed to those of `size`: what a trained model carries.
ModelSpec with_size(ModelSpec spec, const ModelSize& size);

/// The values that a model reads.
struct ModelInputs {
  Value dna;                                         ///< dna [batch, length]; empty for a model without
  std::map<std::string, Value, std::less<>> tracks;  ///< [batch, length, channels]
};

/// Adds graph inputs "dna" and one of each track's name.
ModelInputs make_inputs(Graph& graph, const ModelSpec& spec, const ModelSize& size, std::int64_t batch,
                        DType dtype = DType::f32);

struct BuildOptions {
  Mode mode = Mode::inference;
  DType dtype = DType::f32;  ///< of everything but the DNA
  Value step;                ///< i32 scalar that numbers the batches; needed for dropout in training
  std::uint64_t seed = 0;    ///< of dropout
};

/// An output of the model before its link (sigmoid, softmax, exp): what core/ops/loss.h takes as prediction.
struct Head {
  std::string name;  ///< the graph has an output of this name
  Value output;      ///< [batch, n], n = the product of `shape`
  Shape shape;       ///< of one example: [tasks], or [length, channels] of a profile
  LossKind loss = LossKind::bce_with_logits;
  double weight = 1;
  TargetSpec target = {};
};

/// A weight tensor. Names are "<layer>/filters", "weights", "bias", "gamma", "beta" or "slope"; shapes are core's:
/// filters [width, in, out], weights [in, out].
struct Parameter {
  std::string name;
  Value variable;
  Initialiser initialiser;
  std::int64_t fan_in = 1, fan_out = 1;
  double l1 = 0, l2 = 0, max_norm = 0;  ///< as in TrainedParameter; the layer's own
  bool decays = true;  ///< takes part in the training's weight decay: no bias and no norm parameter does
  bool frozen = false;
};

/// What a layer knows of its input: "<layer>/running_mean" or "<layer>/running_variance" of a batch norm,
/// "<layer>/mean" or "<layer>/variance" of what standardises.
struct RunningStatistic {
  std::string name;
  Value variable;
  std::vector<double> initial;  ///< of each channel
};

/// A row of the summary.
struct LayerRow {
  std::string name;
  std::string type;
  Shape shape;  ///< of one example
  std::int64_t parameters = 0;
  bool frozen = false;
  std::int64_t receptive_field = 0;  ///< bases that one position of it depends on
};

/// The handles in it hold for the graph that it was built on: after a pass over that graph (fuse, remove_dead_nodes)
/// outputs and variables are found again by their names.
struct BuiltModel {
  ModelSize size;
  std::vector<Head> heads;
  std::vector<Parameter> parameters;  ///< in the order of the layers
  std::vector<RunningStatistic> statistics;
  std::vector<LayerRow> layers;  ///< without groups: their layers have rows of their own

  /// Numbers in the parameters that are trained, and in those that are frozen.
  std::int64_t trained_count() const;
  std::int64_t frozen_count() const;
};

/// Adds the model to the graph: a scope and variables for every layer, an output for every head. In training mode batch
/// norms assign running = (1 − momentum) · running + momentum · batch, with the unbiased variance, as PyTorch does.
/// Throws Error(invalid_argument) that names the layer where shapes do not fit.
BuiltModel build_model(Graph& graph, const ModelSpec& spec, const ModelSize& size, const ModelInputs& inputs,
                       const BuildOptions& options);

/// What people read instead of the logits: probabilities for bce_with_logits (sigmoid), softmax_cross_entropy and
/// multinomial_nll (softmax), rates for poisson (exp), the value itself for mse.
Value apply_link(LossKind loss, Value output);

}  // namespace genocuda
