// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/executable.h"
#include "learn/model/build.h"
#include "learn/train/batch.h"
#include "learn/train/settings.h"

namespace genocuda {

/// One step of training as a graph: "dna", "step" (i32, from 1), "learning_rate", "labels/<output>" and
/// "weights/<output>" of every output go in; "loss", "loss/<output>", "divisor/<output>" and "gradient_norm" (before
/// clipping) come out; the parameters, the optimizer's state and the running statistics are assigned.
Graph training_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch,
                     const TrainingSettings& settings);

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
};

/// Runs training steps over a set of variables.
class TrainingStep {
 public:
  /// Makes the variables that are new, filled with zeros (initialise() gives them values).
  TrainingStep(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
               VariableStore& variables, ExecutableOptions options = {});

  const std::vector<HeadColumns>& heads() const { return heads_; }

  /// Step `number` counts from 1 over the whole training. Adds the losses to `sums`. Where loss or gradient is not
  /// finite, the parameters stay as they are and Error(invalid_argument) names the first layer whose values are not
  /// finite.
  StepResult run(const Batch& batch, std::int64_t number, double learning_rate, LossSums& sums);

 private:
  void feed(Executable& executable, const Batch& batch, std::int64_t number, double learning_rate) const;
  std::string find_fault(const Batch& batch, std::int64_t number, double learning_rate);

  std::vector<HeadColumns> heads_;
  Graph graph_;
  VariableStore& variables_;
  ExecutableOptions options_;
  std::unique_ptr<Executable> executable_;
};

}  // namespace genocuda
