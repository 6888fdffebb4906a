// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/examples.h"
#include "learn/model/build.h"
#include "learn/train/settings.h"

namespace genocuda {

/// Which columns of the labels an output of a model predicts: outputs take their columns in order.
struct HeadColumns {
  std::string name;
  LossKind loss = LossKind::bce_with_logits;
  double weight = 1;
  std::int64_t first = 0, count = 0;

  /// Weights of a batch of this many rows: one a label, or one a row (core/ops/loss.h).
  std::int64_t weight_count(std::int64_t rows) const { return is_per_row(loss) ? rows : rows * count; }
  Shape weight_shape(std::int64_t rows) const { return is_per_row(loss) ? Shape{rows} : Shape{rows, count}; }
};

/// Throws Error(invalid_argument) where the outputs of the model and the tasks are not equally many.
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

  std::vector<std::uint32_t> dna;
  std::vector<Target> targets;  ///< one an output

  std::vector<std::int64_t> places;  ///< of the windows: learn/data/resident_genome.h
  std::vector<std::int64_t> rows;    ///< of the labels: learn/data/resident_labels.h
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

/// Cuts the labels of the rows, [rows, tasks], into targets; `rows` beyond `filled` get weight 0.
void fill_targets(std::span<const HeadColumns> heads, const LabelWeights& weights, std::span<const float> labels,
                  std::int64_t tasks, std::int64_t rows, std::int64_t filled, std::vector<Target>& targets);

}  // namespace genocuda
