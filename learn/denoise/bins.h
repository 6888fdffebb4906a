// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/interval_union.h"
#include "genomics/tracks.h"

namespace genocuda {

/// The whole bins that lie in regions of a genome, numbered through by contig and position: what measures are taken
/// over, and what windows are cut from.
class BinList {
 public:
  /// Bins side by side.
  struct Run {
    std::int32_t contig;
    std::int64_t first;   ///< bin of the contig
    std::int64_t count;   ///< of bins
    std::int64_t number;  ///< of the first one in the list
  };

  BinList(const IntervalUnion& regions, std::int64_t bin);

  std::int64_t size() const { return size_; }
  std::int64_t bin() const { return bin_; }  ///< bases
  std::span<const Run> runs() const { return runs_; }

  /// The value of each bin in a channel of tracks with bins of this size.
  std::vector<float> values(const Tracks& tracks, std::int64_t channel) const;

 private:
  std::int64_t bin_, size_ = 0;
  std::vector<Run> runs_;
};

}  // namespace genocuda
