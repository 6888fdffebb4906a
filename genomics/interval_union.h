// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/bed.h"

namespace genocuda {

/// The bases that lie in any of some intervals, contig by contig.
class IntervalUnion {
 public:
  struct Run {
    std::int64_t start, end;
  };

  /// Of intervals whose contigs are below `contigs`; those with a negative contig are passed over.
  IntervalUnion(std::span<const BedInterval> intervals, std::int32_t contigs);

  std::int32_t contigs() const { return static_cast<std::int32_t>(runs_.size()); }
  /// The runs of a contig, ascending, apart from each other.
  std::span<const Run> runs(std::int32_t contig) const { return runs_[static_cast<std::size_t>(contig)]; }

  /// Whether any base of [start, end) lies in the union.
  bool overlaps(std::int32_t contig, std::int64_t start, std::int64_t end) const;

 private:
  std::vector<std::vector<Run>> runs_;
};

}  // namespace genocuda
