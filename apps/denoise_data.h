// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/read_options.h"
#include "genomics/bed.h"
#include "genomics/notices.h"
#include "genomics/tracks.h"
#include "learn/denoise/bins.h"
#include "learn/denoise/peaks.h"
#include "learn/progress.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// One assay at low and at full depth, and where to learn and to measure. Its reads give both depths, or each is a
/// track.
struct DenoiseDataOptions {
  ReadOptions reads;             ///< without bins and the draw's share
  double subsample = 0;          ///< share of the reads that makes the low depth; 0: not said
  std::vector<std::string> low;  ///< a channel each, that of the assay first where there are no reads
  std::string high, peaks, sizes, blacklist;
  std::vector<std::string> train, valid, test;  ///< as regions_on() takes them
  PeakRule rule;
};

void add_denoise_data_options(CLI::App& command, DenoiseDataOptions& options);
/// Error (invalid_argument) where they do not say both depths, in one way.
void require_both_depths(const CLI::App& command, const DenoiseDataOptions& options);
/// Every file that the options name.
std::vector<std::string> input_files(const DenoiseDataOptions& options);

/// How models want the tracks.
struct DenoiseForm {
  std::int64_t bin = 25;
  TrackTransform shallow = TrackTransform::none, deep = TrackTransform::none;
  bool operator==(const DenoiseForm&) const = default;
};

struct DenoiseData {
  std::shared_ptr<const Genome> genome;            ///< without bases
  std::shared_ptr<const Tracks> low, high, peaks;  ///< 0 in the blacklist; `peaks` is 1 in peaks
  std::vector<BedInterval> peak_list;              ///< on the genome
  BinList train, valid, test;                      ///< `test` without the blacklist
};

/// Reads everything; counts of reads go through scratch files in `folder`. Peaks are those of the file or, without one,
/// called on the deep track (threshold_peaks()). Regions to train on are all that is not held out where none are given.
/// Error (invalid_argument) for regions that overlap or hold no bin, (input_file) where no file says how long contigs
/// are, where there are no peaks, and as readers throw.
DenoiseData read_denoise_data(const DenoiseDataOptions& options, const DenoiseForm& form, const std::string& folder,
                              Progress& progress, Notices& notices);

}  // namespace genocuda::apps
