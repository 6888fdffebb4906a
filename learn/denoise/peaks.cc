// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/peaks.h"

#include <algorithm>

namespace genocuda {
namespace {

float signal_at(const Tracks& deep, std::int64_t position) {
  return undo(deep.transform(), deep.values()[static_cast<std::size_t>(position * deep.channels())]);
}

double mean_signal(const Tracks& deep, std::int32_t contigs) {
  double sum = 0;
  std::int64_t count = 0;
  for (std::int64_t position = 0; position < deep.offset(contigs); ++position) {
    const float value = signal_at(deep, position);
    if (!(value > 0)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

std::vector<BedInterval> threshold_peaks(const Tracks& deep, std::int32_t contigs, const PeakRule& rule) {
  const double threshold = rule.fold * mean_signal(deep, contigs);
  std::vector<BedInterval> peaks;
  if (!(threshold > 0)) return peaks;
  for (std::int32_t contig = 0; contig < contigs; ++contig) {
    BedInterval peak;
    peak.contig = contig;
    float highest = 0;
    const auto finish = [&] {
      if (peak.end - peak.start >= rule.shortest) peaks.push_back(peak);
      peak.start = peak.end = 0;
      highest = 0;
    };
    for (std::int64_t i = 0; i < deep.positions(contig); ++i) {
      const float value = signal_at(deep, deep.offset(contig) + i);
      if (value < threshold) continue;
      const std::int64_t start = i * deep.bin();
      if (peak.end > 0 && start - peak.end > rule.gap) finish();
      if (peak.end == 0) peak.start = start;
      peak.end = start + deep.bin();
      if (value > highest) {
        highest = value;
        peak.summit = start + deep.bin() / 2;
      }
    }
    finish();
  }
  return peaks;
}

}  // namespace genocuda
