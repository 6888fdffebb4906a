// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "genomics/signal_track.h"

namespace genocuda {

/// A track of contigs with their lengths and runs.
class GivenTrack final : public SignalTrack {
 public:
  explicit GivenTrack(ContigSizes contigs) : SignalTrack(std::move(contigs)), runs(contigs_.lengths.size()) {}

  void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const override {
    for (SignalRun run : runs[static_cast<std::size_t>(contig)]) {
      run.start = std::max(run.start, start);
      run.end = std::min(run.end, end);
      if (run.start < run.end) take({&run, 1});
    }
  }

  std::vector<std::vector<SignalRun>> runs;  ///< of each contig
};

}  // namespace genocuda
