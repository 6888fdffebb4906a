// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/executable.h"
#include "learn/data/resident_data.h"
#include "learn/model/build.h"
#include "learn/train/batch.h"
#include "learn/train/settings.h"

namespace genocuda {

/// One step of training as a graph: the inputs of the model, "step" (i32, from 1), "learning_rate", "labels/<output>"
/// and "weights/<output>" of every output go in, or with `data` what it takes in place of DNA, tracks, labels and
/// weights. The parameters, the optimizer's state and the running statistics are assigned; "loss", "loss/<output>",
/// "divisor/<output>" and "gradient_norm" (before clipping) come out, and as a row of a history that is a variable, so
/// that many steps can be asked for before anybody reads what the first one gave. A loss or norm that is not finite
/// stops the update, and those of all later steps. Throws Error(invalid_argument) for a model that
/// has nothing to train, or does not fit the size. Fused as suits the device.
Graph training_graph(const ModelSpec& spec, const ModelSize& size, std::int64_t batch, const TrainingSettings& settings,
                     const Device& device, const ResidentData* data = nullptr);

/// The outputs of a model and the labels they stand for.
std::vector<HeadColumns> head_columns(const ModelSpec& spec, const ModelSize& size);

struct StepResult {
  double loss = 0;           ///< of the batch
  double gradient_norm = 0;  ///< before clipping
  struct Output {
    double loss = 0, divisor = 0;
  };
  std::vector<Output> outputs;

  bool finite() const { return std::isfinite(loss) && std::isfinite(gradient_norm); }
};

/// Sums of the losses of batches: the loss of many is not the mean of theirs where batches count different numbers of
/// labels.
struct LossSums {
  std::vector<double> loss, divisor;  ///< one an output: Σ loss · divisor, Σ divisor

  void add(std::size_t head, double batch_loss, double batch_divisor);
  void add(const StepResult& step);
  /// Σ over outputs of weight · mean loss; absent before anything counted.
  std::optional<double> mean(std::span<const HeadColumns> heads) const;
};

/// Runs training steps over a set of variables.
class TrainingStep {
 public:
  /// Makes the variables that are new, filled with zeros (initialise() gives them values). `batches`: the numbers of
  /// examples that batches will have. With `data`, which must outlive this, batches say which examples they are.
  /// Throws Error(out_of_memory) that says which batch would fit.
  TrainingStep(const ModelSpec& spec, const ModelSize& size, std::span<const std::int64_t> batches,
               const TrainingSettings& settings, VariableStore& variables, ExecutableOptions options = {},
               const ResidentData* data = nullptr);

  const std::vector<HeadColumns>& heads() const { return heads_; }
  /// What batches bring.
  const WindowInputs& inputs() const { return inputs_; }

  /// Asks for a step and does not wait for it. Steps are numbered from 1 over the whole training; they are asked for in
  /// their order, and at most kMostWaiting before their results.
  void start(const Batch& batch, std::int64_t number, double learning_rate);
  static constexpr std::int64_t kMostWaiting = 256;
  std::int64_t waiting() const { return waiting_; }

  /// Waits for the steps that were started since the last call, and gives their results in order. From the first that
  /// is not finite on, the parameters are left as they were.
  std::vector<StepResult> results();

  /// Repeats a step whose result was not finite and says where that began: "conv1/relu (activation) gave a value that
  /// is not finite". Slow; the training cannot go on after it.
  std::string find_fault(const Batch& batch, std::int64_t number, double learning_rate);

  /// The variables that no checkpoint needs: what this class keeps between a step and the reading of its result.
  static bool is_passing(std::string_view variable);

 private:
  struct Program {
    Graph graph;
    Executable executable;
  };
  SharedInputs shared_inputs() const { return data_ != nullptr ? data_->shared() : SharedInputs(); }
  Program& program_for(const Batch& batch);
  void feed(Executable& executable, const Batch& batch, std::int64_t number, double learning_rate) const;

  std::vector<HeadColumns> heads_;
  WindowInputs inputs_;
  VariableStore& variables_;
  ExecutableOptions options_;
  const ResidentData* data_;
  std::map<std::int64_t, Program> programs_;  // by batch
  std::int64_t last_ = 0, waiting_ = 0;
};

}  // namespace genocuda
