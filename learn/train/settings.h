// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/device.h"
#include "core/ops/loss.h"
#include "core/ops/optimizer.h"
#include "learn/model/setting.h"

/// What can be set about training, under the names that model files ([training]), config.toml and the command line
/// share.
namespace genocuda {

enum class ScheduleKind {
  constant,
  plateau,    ///< times `factor` each time the watched figure has not improved for `patience` epochs
  step,       ///< times `factor` every `every` epochs
  cosine,     ///< half a cosine from the learning rate down to `floor` at the last step
  one_cycle,  ///< up from rate / 25 to the rate over the first `peak` of all steps, then down to rate / 250000, along
              ///< cosines (Smith, Topin 2018; PyTorch's defaults)
};

struct ScheduleSettings {
  ScheduleKind kind = ScheduleKind::constant;
  double warmup_epochs = 0;   ///< the rate rises in a straight line over this many epochs first; not with one_cycle
  double factor = 0.5;        ///< plateau, step
  std::int64_t patience = 3;  ///< plateau
  double floor = 0;           ///< plateau, step, cosine: the rate never falls below it
  std::int64_t every = 10;    ///< step
  double peak = 0.3;          ///< one_cycle
  bool operator==(const ScheduleSettings&) const = default;
};

/// How much the examples of the two classes of a binary task (or the classes of a softmax output) weigh in the loss.
struct ClassWeights {
  enum class Kind {
    none,
    balanced,   ///< n / (classes · n of the class) over the training labels: the classes weigh the same in sum
    positives,  ///< the positives of task t (the examples of class t) weigh `values[t]`, one value serves all tasks
  };
  Kind kind = Kind::none;
  std::vector<double> values;
  bool operator==(const ClassWeights&) const = default;
};

/// What becomes of the examples that an epoch leaves over where the batch does not divide them.
enum class LastBatch {
  drop,  ///< they are not used in this epoch; in the next one others are left over
  keep,  ///< they are a batch of their own, which is smaller
};

struct TrainingSettings {
  OptimizerSettings optimizer;
  double learning_rate = 1e-3;
  ScheduleSettings schedule;

  std::int64_t epochs = 30;
  std::int64_t batch = 64;
  LastBatch last_batch = LastBatch::drop;
  /// Training stops after this many epochs in a row without a better validation figure; 0: never before `epochs`.
  std::int64_t patience = 5;
  /// The validation figure that decides which weights are the best, when to stop and when the plateau schedule acts:
  /// "loss", "auroc", … (learn/metrics/report.h), the mean over tasks. "auto" is the mean AUROC where the validation
  /// labels allow one for some task (what the field reports and Basset stops on), else the loss.
  std::string stop_on = "auto";

  /// Added to the gradient as weight_decay · w, the slope of an L2 penalty of weight_decay / 2 · Σ w²; for adamw
  /// decoupled. Like max_norm and l1 it holds for weights and filters, not for biases and norms; layers may say more of
  /// their own.
  double weight_decay = 0;
  double l1 = 0;             ///< added to the gradient as l1 · sign(w)
  double max_norm = 0;       ///< > 0: the weights into each unit are rescaled to at most this L2 norm after each step
  double gradient_clip = 0;  ///< > 0: the gradient is rescaled to at most this L2 norm
  ClassWeights class_weights;
  LossDivisor loss_divisor = LossDivisor::weights;

  std::int64_t jitter = 0;  ///< windows shift by up to this many bases either way, anew in each epoch
  bool reverse_complement =
      false;  ///< each window is read from the other strand with probability ½, anew in each epoch
  std::uint64_t seed = 1;
  Precision precision = Precision::fp32;
  double checkpoint_minutes = 10;  ///< 0: at the end of an epoch only

  bool operator==(const TrainingSettings&) const = default;
};

/// The keys of the settings, what they may hold, and a word on each: the one list behind model files, config.toml and
/// flags. `name_of` of the enumerations gives the choices. "class_weights" is "none", "balanced" or a list of numbers.
struct TrainingKey {
  KeyRule rule;
  std::string_view help;
  bool may_change = false;  ///< a resumed run may go on with another value
};
std::span<const TrainingKey> training_keys();

/// Overwrites what `table` names. Throws Error(invalid_argument) for an unknown key, a wrong type, a value out of
/// range; `what` ("[training] of model.toml") begins the message.
void apply_settings(TrainingSettings& settings, const SettingTable& table, std::string_view what);
/// Every key with its value; apply_settings() of it gives the same settings.
SettingTable to_table(const TrainingSettings& settings);
/// Throws Error(invalid_argument) where settings do not go together.
void check_settings(const TrainingSettings& settings);

}  // namespace genocuda
