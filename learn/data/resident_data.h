// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "learn/data/resident_labels.h"
#include "learn/data/resident_windows.h"
#include "learn/train/batch.h"

namespace genocuda {

/// The data of training in the memory of a device: what the model sees of the windows, the signals that it is trained
/// towards, and the labels.
class ResidentData {
 public:
  /// Copies them there. Throws Error(out_of_memory) where they do not fit.
  ResidentData(Device& device, const ModelSpec& spec, const Examples& examples, std::vector<HeadColumns> heads,
               const LabelWeights& weights);

  const ResidentWindows& windows() const { return windows_; }
  std::size_t bytes() const { return windows_.bytes() + labels_.bytes(); }
  SharedInputs shared() const;

  /// Adds inputs to a graph, and what they give for each output: what fill_targets() would send. Totals of a signal and
  /// their logarithms are the device's: the same within rounding, on the CPU and of counts, whose sums are exact, to
  /// the bit.
  std::vector<TargetValues> targets(Graph& graph, std::int64_t batch) const;
  /// Says which examples they are, and where their windows lie.
  void write(Executable& executable, const Batch& batch) const;

 private:
  std::vector<HeadColumns> heads_;
  ResidentWindows windows_;
  ResidentLabels labels_;
};

}  // namespace genocuda
