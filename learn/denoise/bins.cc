// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/bins.h"

#include "core/error.h"

namespace genocuda {

BinList::BinList(const IntervalUnion& regions, std::int64_t bin) : bin_(bin) {
  for (std::int32_t contig = 0; contig < regions.contigs(); ++contig) {
    for (const IntervalUnion::Run& region : regions.runs(contig)) {
      const std::int64_t first = (region.start + bin - 1) / bin, count = region.end / bin - first;
      if (count <= 0) continue;
      runs_.push_back({contig, first, count, size_});
      size_ += count;
    }
  }
}

std::vector<float> BinList::values(const Tracks& tracks, std::int64_t channel) const {
  if (tracks.bin() != bin_) {
    throw Error(ErrorKind::internal, "bins of {} bases were asked of tracks with bins of {}", bin_, tracks.bin());
  }
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(size_));
  for (const Run& run : runs_) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int64_t position = tracks.offset(run.contig) + run.first + i;
      values.push_back(tracks.values()[static_cast<std::size_t>(position * tracks.channels() + channel)]);
    }
  }
  return values;
}

}  // namespace genocuda
