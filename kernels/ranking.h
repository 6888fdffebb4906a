// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stream.h"

namespace genocuda::kernels {

/// One task's scores and labels in device memory: example i has scores[i · stride] and labels[i · stride], so that a
/// task of [examples, tasks] is read where it lies. A label above 0.5 is positive; NaN is none, and its example is left
/// out.
struct Scores {
  std::int64_t examples;
  const float* scores;
  const float* labels;
  std::int64_t stride;
};

/// How well scores tell positives from negatives.
struct Ranking {
  std::int64_t positives = 0, negatives = 0;
  double auroc;              ///< NaN where one class is absent
  double average_precision;  ///< the area under the precision-recall curve; NaN without positives
};

/// Both areas as learn/metrics/ranking.h defines them, examples of equal score being one step. Both are NaN where the
/// score of a labelled example is NaN. Counts are whole numbers, so the AUROC is exact up to its last division. Works
/// in `scratch` and in temporary memory of its own, and returns when the stream has come to its end: not for recorded
/// graphs. Throws std::runtime_error (from CUDA).
Ranking rank_scores(const Scores& scores, void* scratch, Stream stream);
/// Bytes of scratch for that many examples, aligned to 8.
std::size_t ranking_scratch(std::int64_t examples);

}  // namespace genocuda::kernels
