// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/executable.h"
#include "genomics/examples.h"
#include "learn/data/placement.h"
#include "learn/model/model_spec.h"
#include "learn/train/epoch_report.h"
#include "learn/train/settings.h"
#include "learn/trained_model.h"

namespace genocuda {

struct StepReport {
  std::int64_t epoch = 0, epochs = 0;  ///< from 1
  std::int64_t step = 0, steps = 0;    ///< done in this epoch, of
  std::int64_t batch = 0;              ///< examples a step
  double loss = 0;                     ///< over the epoch so far
};

struct TrainerOptions {
  /// Where model.safetensors, checkpoint.safetensors and metrics.jsonl go; it must exist. "": nothing is written.
  std::string directory = {};
  /// Go on from directory/checkpoint.safetensors where there is one. Otherwise such files are overwritten.
  bool resume = false;
  ExecutableOptions executable = {};              ///< its precision is that of the settings
  DataPlacement data = DataPlacement::automatic;  ///< changes no result beyond rounding
  std::function<void(const StepReport&)> on_step = {};
  std::function<void(const EpochReport&)> on_epoch = {};
  /// Told, in a line each, what is done in another way than was asked for.
  std::function<void(const std::string&)> on_notice = {};
  /// Asked after each step; true: write a checkpoint and return.
  std::function<bool()> interrupted = {};
};

struct TrainingResult {
  TrainedModel model;           ///< the best weights; the last ones where there is no validation
  std::int64_t epochs = 0;      ///< done, over all resumed parts
  std::int64_t best_epoch = 0;  ///< counted from 1
  std::string figure;           ///< the validation figure that decided; "" without validation
  std::optional<double> best;   ///< its value
  bool stopped_early = false;
  bool interrupted = false;  ///< by TrainerOptions::interrupted
};

/// Trains a model on examples. Same settings, data, device and number of threads: the same bits, resumed or not;
/// another number of threads: the same within rounding.
class Trainer {
 public:
  /// The model takes its length and tasks from `train`. `valid` may be null: then there is no early stopping.
  /// Everything given must outlive the trainer. Throws Error(invalid_argument) where model, data and settings do not go
  /// together, and with `resume` where the checkpoint belongs to another run, saying what differs.
  Trainer(const ModelSpec& spec, const TrainingSettings& settings, Device& device, const Examples& train,
          const Examples* valid, TrainerOptions options = {});
  ~Trainer();

  /// The epochs that a checkpoint has done already.
  std::int64_t resumed_epochs() const;
  /// The validation figure that "auto" stands for here; "" without validation.
  const std::string& figure() const;
  std::int64_t steps_per_epoch() const;
  /// Where the data lie, in words: "12.5 MB on cuda:0", "on the host: they do not fit on cuda:0 beside the network".
  const std::string& data_place() const;

  /// Trains to the end, once. Throws Error(invalid_argument) that names step and layer where loss or gradient is not
  /// finite; the last checkpoint is then still there.
  TrainingResult run();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace genocuda
