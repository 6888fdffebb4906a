// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "genomics/examples.h"
#include "learn/data/window_inputs.h"
#include "learn/train/batch.h"
#include "learn/train/settings.h"

namespace genocuda {

/// The order of the examples in an epoch: a permutation of 0 … n − 1 that depends on seed and epoch alone.
std::vector<std::int64_t> epoch_order(std::int64_t n, std::uint64_t seed, std::int64_t epoch);

/// The window of an example in an epoch: shifted by up to `jitter` bases and perhaps read from the other strand, as
/// seed, epoch and example say.
Window augmented(const Window& window, const TrainingSettings& settings, std::int64_t epoch, std::int64_t example);

/// The batches of training. Every batch follows from (seed, epoch, step), so that a resumed run sees the ones it has
/// not seen. The examples that an epoch leaves over for its last batch are not used in it, and fall elsewhere in the
/// next, or are a smaller batch: settings.last_batch.
class TrainingSampler {
 public:
  /// The examples must outlive the sampler. Fewer examples than settings.batch make one batch of all of them. Throws
  /// Error(invalid_argument) where there are none.
  TrainingSampler(const Examples& examples, const TrainingSettings& settings, std::vector<HeadColumns> heads);

  std::int64_t batch() const { return batch_; }
  std::int64_t steps_per_epoch() const;
  std::int64_t examples_per_epoch() const;
  /// The numbers of examples that batches have: one, or two where the last one of an epoch is smaller.
  std::vector<std::int64_t> batches() const;

  /// Writes batch `step` of an epoch, both counted from 0: the data of its examples or, where those lie on a device,
  /// which they are. Safe to call from several threads for one epoch.
  void fill(std::span<const std::int64_t> order, std::int64_t epoch, std::int64_t step, const WindowInputs& inputs,
            Batch& batch) const;
  std::vector<std::int64_t> order(std::int64_t epoch) const;

  const std::vector<HeadColumns>& heads() const { return heads_; }
  const LabelWeights& weights() const { return weights_; }

 private:
  const Examples& examples_;
  TrainingSettings settings_;
  std::vector<HeadColumns> heads_;
  LabelWeights weights_;
  std::int64_t batch_ = 0;
};

}  // namespace genocuda
