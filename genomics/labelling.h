// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genomics/bed.h"
#include "genomics/examples.h"
#include "genomics/genome.h"
#include "genomics/notices.h"

namespace genocuda {

/// The peaks of one task.
struct PeakSet {
  std::string task;
  BedFile peaks;
};

/// Reads peak files given as PATH or NAME=PATH, a task each; the name of a task is that of its file without folder and
/// endings such as .narrowPeak.gz. Error (invalid_argument) where two tasks have one name, and as read_bed() throws.
std::vector<PeakSet> read_peaks(std::span<const std::string> files);

struct BinOptions {
  std::int64_t bin = 200;  ///< bases a label stands for; contigs are tiled from their start, a rest at the end is left
  std::int64_t window = 1000;             ///< bases of the example, centred on the bin
  double min_overlap = 0.5;               ///< of a bin that peaks must cover, more than this
  double unlabelled = 0;                  ///< share of the bins positive in no task that are kept, drawn at random
  double max_unknown = 0.5;               ///< windows with a larger share of unknown bases are left out
  std::vector<std::string> contigs;       ///< only these, by name or alias; empty: all
  std::vector<std::string> skip_contigs;  ///< not these
  const BedFile* blacklist = nullptr;     ///< bins that overlap one of its intervals are left out
  std::uint64_t seed = 0;                 ///< of the draw of unlabelled bins
};

struct BinCounts {
  std::int64_t bins = 0;         ///< on the contigs asked for
  std::int64_t labelled = 0;     ///< positive in at least one task, and kept
  std::int64_t unlabelled = 0;   ///< positive in none, and kept
  std::int64_t blacklisted = 0;  ///< otherwise kept, left out for the blacklist
  std::int64_t unknown = 0;      ///< otherwise kept, left out for unknown bases
};

struct LabelledBins {
  Examples examples;
  BinCounts counts;
};

/// Labels bins of a genome by peaks, a task a peak set, in order of place. A bin is positive for a task where the
/// task's peaks cover more than `min_overlap` of it, as DeepSEA (Zhou, Troyanskaya 2015) has it for 200-bp bins, or
/// where a peak's summit (its middle where it has none) lies in it, so that no peak is lost however short it is.
///
/// With one task, ask for unlabelled bins, or every example is positive. Without any, `unlabelled` says which bins are
/// windows without labels. Error (input_file) as intervals_on() throws;
/// (invalid_argument) for options that cannot be or that leave no bin.
LabelledBins label_bins(std::shared_ptr<const Genome> genome, std::span<const PeakSet> peaks, const BinOptions& options,
                        Notices* notices = nullptr);

/// What of a peak must lie in a place for label_by_overlap().
enum class PeakPart : std::uint8_t {
  any_base,  ///< one base or more, as `bedtools intersect` has it
  point,     ///< its summit, or its middle where it has none: then a peak labels one of neighbouring places, not both
};

/// Labels examples whose places are known (FASTA records with places in their headers, a table with chrom, start and
/// end) by peaks, a task a peak set: positive where the `part` of a peak lies in the place. Replaces the tasks they
/// had. Error (input_file) naming the line of an example whose place is not known. Contigs of peaks on which no example
/// lies are passed over, and said to `notices`.
void label_by_overlap(Examples& examples, std::span<const PeakSet> peaks, Notices* notices = nullptr,
                      PeakPart part = PeakPart::any_base);

}  // namespace genocuda
