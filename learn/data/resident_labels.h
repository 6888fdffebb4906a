// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/executable.h"
#include "learn/train/batch.h"

namespace genocuda {

/// What an output is trained towards, in a graph.
struct TargetValues {
  Value labels, weights;
};

/// The labels of examples in the memory of a device, so that a batch need bring no more than the numbers of its
/// examples: a byte a label where all are 0, 1 or missing, else a float. Their weights beside them where they differ by
/// class.
class ResidentLabels {
 public:
  /// Copies them there; heads that predict signals take no part. Throws Error(out_of_memory) where they do not fit.
  ResidentLabels(Device& device, const Examples& examples, std::vector<HeadColumns> heads, const LabelWeights& weights);

  std::size_t bytes() const { return labels_.bytes() + weights_.bytes(); }

  /// Whether no head takes labels.
  bool empty() const { return heads_.empty(); }

  /// Adds inputs to a graph, and what they give for each head that takes labels, as fill_targets() would send it. One
  /// of them, kRows, is the batch's: the numbers of its examples, i64 [batch]; the others are shared().
  std::vector<TargetValues> targets(Graph& graph, std::int64_t batch) const;
  static constexpr const char* kRows = "rows";
  SharedInputs shared() const;

 private:
  TensorType labels_type() const;
  TensorType weights_type() const;

  std::vector<HeadColumns> heads_;
  std::int64_t examples_, tasks_;
  bool as_bytes_;
  std::int64_t weight_columns_ = 0;  ///< 0: all weights are 1
  Buffer labels_, weights_;
};

}  // namespace genocuda
