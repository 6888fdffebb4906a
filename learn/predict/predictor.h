// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "learn/metrics/report.h"
#include "learn/predict/predictor_options.h"
#include "learn/train/batch.h"
#include "learn/trained_model.h"

namespace genocuda {

/// Runs a model forward. Predictions do not depend on the batch beyond rounding. Not safe for use by several threads at
/// once.
class Predictor {
 public:
  /// Over variables that others train: a prediction uses their values of the moment.
  Predictor(const ModelSpec& spec, std::vector<std::string> tasks, VariableStore& variables,
            PredictorOptions options = {});
  /// Over variables of its own on `device`.
  Predictor(const TrainedModel& model, Device& device, PredictorOptions options = {});
  ~Predictor();
  Predictor(Predictor&&) noexcept;

  const std::vector<std::string>& tasks() const;
  std::int64_t length() const;
  /// Numbers in a row of predictions: as many as tasks() where the model predicts labels alone.
  std::int64_t columns() const;
  /// The outputs, and which columns are theirs.
  const std::vector<HeadColumns>& heads() const;

  /// Makes what examples such as these will need: the first predictions then find it there. Throws as predict() does,
  /// and Error(out_of_memory) where not even a batch of one fits.
  void prepare(const Examples& examples);

  /// Called with predictions [rows, columns] for the examples from `first` on, in order.
  using Sink = std::function<void(std::int64_t first, std::span<const float> rows)>;

  /// Predictions behind the model's links: probabilities of binary tasks, rates or values of signals, profiles whose
  /// sum is 1. Memory does not grow with the number of examples. Throws Error(invalid_argument) where the examples have
  /// another length than the model, or lack a signal that it reads.
  void predict(const Examples& examples, const Sink& sink);
  /// All of them, [examples, columns].
  std::vector<float> predict(const Examples& examples);

  /// Scores predictions against the examples' labels and signals, with the model's loss (unweighted; spec.training's
  /// loss_divisor): an entry a task, and one for each output that predicts a signal, of all its positions together.
  /// Throws Error(invalid_argument) where the examples' tasks are not the model's. `progress` is called with the
  /// examples done; `predictions`, where given, receives them all.
  MetricsReport evaluate(const Examples& examples, const std::function<void(std::int64_t)>& progress = {},
                         std::vector<float>* predictions = nullptr);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace genocuda
