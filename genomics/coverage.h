// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "genomics/interval_union.h"
#include "genomics/mapped_reads.h"
#include "genomics/spooled_track.h"

namespace genocuda {

/// Which bases a read or fragment counts for.
enum class CoveragePiece : std::uint8_t {
  cuts,       ///< the first base of a read, its 5' end; of a fragment the first and the last: both are 5' ends
  reads,      ///< every base of a read but introns and deletions in it, as bedtools has it
  fragments,  ///< every base of a fragment
};

/// What a bin of several bases holds.
enum class BinValue : std::uint8_t {
  mean,  ///< of its bases
  sum,   ///< of its bases: with cuts the number of reads in the bin
};

struct CoverageOptions {
  CoveragePiece piece = CoveragePiece::reads;
  std::int64_t extension =
      0;  ///< reads cover this many bases from their 5' end, whatever their own length; 0: their own
  /// Bases by which 5' ends on either strand move to the right: +4 and -4 for reads of Tn5 (ATAC-seq), so that both
  /// reads of a cut have one place, the middle of the nine bases that it doubles. Everything else moves with them:
  /// a read or fragment starts or ends at the moved base.
  std::int64_t forward_shift = 0, reverse_shift = 0;
  char strand = '.';  ///< '+' or '-': reads of that strand alone, of a fragment the cut or the first read on it
  std::int64_t min_fragment = 0, max_fragment = 0;  ///< bases of a fragment before shifts; 0: no limit
  const IntervalUnion* blacklist = nullptr;         ///< what overlaps it is left out; contigs as in the source
  double share = 1;                                 ///< of the reads or fragments, drawn at random, pairs together
  std::uint64_t seed = 0;                           ///< of that draw
  std::int64_t bin = 1;
  BinValue bin_value = BinValue::mean;
};

struct CoverageCounts {
  std::int64_t records = 0;
  std::array<std::int64_t, kFates> fates{};
  std::int64_t pieces = 0;  ///< counted: a kept fragment has two cuts

  std::int64_t of(Fate fate) const { return fates[static_cast<std::size_t>(fate)]; }
};

/// Counts what covers each base, and gives the runs of equal counts above 0 to `out`, whose contigs are the source's.
/// Takes 4 bytes for every base of the longest contig. Records of a contig must lie together, in any order; `progress`
/// is told now and then how many bases of all contigs lie behind.
///
/// Error (invalid_argument) for options that do not go together or with the records; (input_file) naming the record
/// where a contig comes back after another, and as the source throws.
CoverageCounts cover(ReadSource& reads, const CoverageOptions& options, SpooledTrack& out,
                     const std::function<void(std::int64_t)>& progress = {});

}  // namespace genocuda
