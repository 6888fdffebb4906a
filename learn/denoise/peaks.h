// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/bed.h"
#include "genomics/tracks.h"

namespace genocuda {

/// How peaks are read off a deep signal where no file of them is given.
struct PeakRule {
  double fold = 3;              ///< a bin is high from this many times the mean of the bins that have a signal on
  std::int64_t gap = 100;       ///< bases: high stretches not further apart are one
  std::int64_t shortest = 200;  ///< bases of a peak
};

/// Peaks of the first channel of `deep`, whose transform is undone first, by contig and start; the summit is the middle
/// of the highest bin. Bins without a signal do not count into the mean: a track may cover a part of its genome alone.
std::vector<BedInterval> threshold_peaks(const Tracks& deep, std::int32_t contigs, const PeakRule& rule);

}  // namespace genocuda
