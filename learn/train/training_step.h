// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/executable.h"
#include "learn/model/build.h"
#include "learn/train/batch.h"
#include "learn/train/settings.h"

namespace genocuda {

/// One step of training as a graph: "dna", "step" (i32, from 1), "learning_rate", "labels/<output>" and
/// "weights/<output>" of every output go in; "loss", "loss/<output>", "divisor/<output>" and "gradient_norm" (before
/// clipping) come out; the parameters, the optimizer's state and the running statistics are assigned. Throws
/// Error(invalid_argument) for a model that reads more than DNA, has nothing to train, or does not fit the size. Fused
/// as suits the device.
Graph training_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
                     const Device& device);

/// Throws Error(invalid_argument) for a model that reads more than windows of DNA can give.
void require_dna_model(const ModelSpec& spec);
/// The outputs of a model and the labels they stand for.
std::vector<HeadColumns> head_columns(const ModelSpec& spec, const ModelSize& size);

/// Sums of the losses of batches: the loss of many is not the mean of theirs where batches count different numbers of
/// labels.
struct LossSums {
  std::vector<double> loss, divisor;  ///< one an output: Σ loss · divisor, Σ divisor

  void add(std::size_t head, double batch_loss, double batch_divisor);
  /// Σ over outputs of weight · mean loss; absent before anything counted.
  std::optional<double> mean(std::span<const HeadColumns> heads) const;
};

struct StepResult {
  double loss = 0;           ///< of the batch
  double gradient_norm = 0;  ///< before clipping

  bool finite() const { return std::isfinite(loss) && std::isfinite(gradient_norm); }
};

/// Runs training steps over a set of variables.
class TrainingStep {
 public:
  /// Makes the variables that are new, filled with zeros (initialise() gives them values).
  TrainingStep(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
               VariableStore& variables, ExecutableOptions options = {});

  const std::vector<HeadColumns>& heads() const { return heads_; }

  /// Step `number` counts from 1 over the whole training. Adds the losses to `sums`. Where the result is not finite the
  /// parameters are left as they were.
  StepResult run(const Batch& batch, std::int64_t number, double learning_rate, LossSums& sums);

  /// Repeats a step whose result was not finite and says where that began: "conv1/relu (activation) gave a value that
  /// is not finite". Slow; the training cannot go on after it.
  std::string find_fault(const Batch& batch, std::int64_t number, double learning_rate);

 private:
  void feed(Executable& executable, const Batch& batch, std::int64_t number, double learning_rate) const;

  Graph graph_;
  std::vector<HeadColumns> heads_;
  VariableStore& variables_;
  ExecutableOptions options_;
  Executable executable_;
};

}  // namespace genocuda
