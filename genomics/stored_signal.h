// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "genomics/bed.h"
#include "genomics/signal_track.h"

namespace genocuda {

/// A signal whose runs lie in memory, from a format that does not say how long contigs are.
class StoredSignal final : public SignalTrack {
 public:
  /// Of each contig ascending runs that do not overlap.
  StoredSignal(ContigSizes contigs, std::vector<std::vector<SignalRun>> runs)
      : SignalTrack(std::move(contigs)), runs_(std::move(runs)) {}

  bool knows_lengths() const override { return false; }
  void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const override;

 private:
  std::vector<std::vector<SignalRun>> runs_;
};

/// 1 in the intervals of a file, no value elsewhere: peaks as a signal.
std::unique_ptr<SignalTrack> signal_of(const BedFile& file);

}  // namespace genocuda
