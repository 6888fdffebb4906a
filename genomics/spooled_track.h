// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "genomics/random_file.h"
#include "genomics/signal_track.h"

namespace genocuda {

/// A track on its way into a file: runs are put away in a scratch file, contig by contig in whichever order they come,
/// and read back in the order in which a writer wants them. Memory does not grow with the track.
class SpooledTrack final : public SignalTrack {
 public:
  /// `folder` is for the scratch file of 12 bytes a run. Error (invalid_argument) for contigs longer than 2^32 - 1
  /// bases, (input_file) where no file can be made there.
  SpooledTrack(ContigSizes contigs, const std::string& folder);

  /// Adds runs, which ascend on their contig. A contig must be finished before the next one begins.
  void append(std::int32_t contig, std::span<const SignalRun> runs);
  /// From now on values read are this many times those that were appended.
  void set_scale(double scale) { scale_ = scale; }

  void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const override;

 private:
  struct Record {
    std::uint32_t start, end;
    float value;
  };
  struct Part {
    std::uint64_t offset = 0, count = 0;  // of the file, in records
  };

  RandomFile file_;
  std::vector<Part> parts_;  // of each contig
  std::uint64_t records_ = 0;
  double scale_ = 1;
  std::vector<Record> buffer_;
};

}  // namespace genocuda
