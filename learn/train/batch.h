// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "learn/data/window_inputs.h"
#include "learn/model/build.h"
#include "learn/train/settings.h"

namespace genocuda {

/// Where a signal gives an output its targets: the middle of each window.
struct HeadSignal {
  std::string name;
  TargetMeasure measure = TargetMeasure::values;
  std::int64_t channels = 1;
  std::int64_t positions = 0;  ///< of the signal
  std::int64_t bases = 0;      ///< that they cover
};

/// Which columns of the predictions are an output's, and what they predict: columns of the labels, which outputs take
/// in their order, or a signal.
struct HeadColumns {
  std::string name;
  LossKind loss = LossKind::bce_with_logits;
  double weight = 1;
  std::int64_t first = 0, count = 0;  ///< of the predictions
  std::int64_t first_label = 0;       ///< of as many labels
  std::optional<HeadSignal> signal = {};

  /// Weights of a batch of this many rows: one a label, or one a row (core/ops/loss.h).
  std::int64_t weight_count(std::int64_t rows) const { return is_per_row(loss) ? rows : rows * count; }
  Shape weight_shape(std::int64_t rows) const { return is_per_row(loss) ? Shape{rows} : Shape{rows, count}; }
};

/// Throws Error(invalid_argument) where the outputs of the model that take labels and the tasks are not equally many.
std::vector<HeadColumns> assign_columns(const BuiltModel& model, std::int64_t tasks);

/// What an output is trained towards in one batch.
struct Target {
  std::vector<float> labels;   ///< [rows, count], NaN where missing
  std::vector<float> weights;  ///< as HeadColumns says, 0 in rows that fill up the batch
};

/// A batch in host memory, in the form in which graph inputs take it. Reused from batch to batch. It brings the data of
/// its examples or, where a device has them already, says which they are.
struct Batch {
  std::int64_t filled = 0;  ///< examples
  PackedWindows inputs;
  std::vector<Target> targets;  ///< one an output

  // In their place, where a device has labels and signals:
  std::vector<std::int64_t> rows = {};                        ///< the numbers of the examples
  std::vector<std::vector<std::int64_t>> target_places = {};  ///< of each output that predicts a signal; else none
};

/// The weight of a label, by column and class.
class LabelWeights {
 public:
  /// Everything weighs the same.
  LabelWeights() = default;
  /// Counts the classes of `examples` where the weights are to be balanced. Throws Error(invalid_argument) where the
  /// list of weights does not fit the tasks, or weights by class are asked for outputs without classes.
  LabelWeights(const ClassWeights& weights, std::span<const HeadColumns> heads, const Examples& examples);

  /// Whether every label weighs the same but those that are missing.
  bool all_equal() const { return positive_.empty(); }
  /// Of a label of a column: 0 where it is missing.
  float of(std::int64_t column, float label) const;
  /// Of a row of a softmax output: the weight of its class.
  float of_row(const HeadColumns& head, const float* labels) const;

 private:
  std::vector<float> negative_, positive_;  // one a column, or empty
};

/// What the outputs are trained towards in the windows of some examples: the labels of those of `indices`, and the
/// signals of `windows`, which are theirs or shifted ones. Rows up to `rows` beyond these get weight 0.
void fill_targets(std::span<const HeadColumns> heads, const LabelWeights& weights, const Examples& examples,
                  std::span<const std::int64_t> indices, std::span<const Window> windows, std::int64_t rows,
                  std::vector<Target>& targets);

}  // namespace genocuda
