// SPDX-License-Identifier: Apache-2.0
#include "genomics/interval_union.h"

#include <algorithm>

namespace genocuda {

IntervalUnion::IntervalUnion(std::span<const BedInterval> intervals, std::int32_t contigs)
    : runs_(static_cast<std::size_t>(contigs)) {
  for (const BedInterval& interval : intervals) {
    if (interval.contig >= 0)
      runs_[static_cast<std::size_t>(interval.contig)].push_back({interval.start, interval.end});
  }
  for (std::vector<Run>& runs : runs_) {
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.start < b.start; });
    std::size_t kept = 0;
    for (const Run& run : runs) {
      if (kept > 0 && run.start <= runs[kept - 1].end) {
        runs[kept - 1].end = std::max(runs[kept - 1].end, run.end);
      } else {
        runs[kept++] = run;
      }
    }
    runs.resize(kept);
  }
}

bool IntervalUnion::overlaps(std::int32_t contig, std::int64_t start, std::int64_t end) const {
  const std::span<const Run> own = runs(contig);
  const auto first = std::partition_point(own.begin(), own.end(), [&](const Run& run) { return run.end <= start; });
  return first != own.end() && first->start < end;
}

}  // namespace genocuda
