// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "genomics/contig_sizes.h"

namespace genocuda {

/// The bases [start, end) of a contig, which all have one value.
struct SignalRun {
  std::int64_t start = 0, end = 0;
  float value = 0;
  friend bool operator==(const SignalRun&, const SignalRun&) = default;
};

/// Numbers along the contigs of an assembly: coverage, a fold change, a prediction. Where no run lies there is no
/// value. Immutable, and safe to read from many threads at a time.
class SignalTrack {
 public:
  using Take = std::function<void(std::span<const SignalRun>)>;

  virtual ~SignalTrack() = default;

  const ContigSizes& contigs() const { return contigs_; }
  const std::string& source() const { return contigs_.source; }
  /// Whether contigs() has the lengths of the assembly; else they are those of what is covered at least.
  virtual bool knows_lengths() const { return true; }

  /// Gives the runs of a contig that lie in [start, end), cut to it, in ascending order, some at a time: the memory
  /// needed does not grow with the stretch. Error (input_file) naming file and contig where they cannot be read.
  virtual void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const = 0;

  /// The value of every base from `start` on. Bases without a value are `missing`: 0 as most programs have it, or NaN,
  /// to tell them from zeros. So are those on either side of the contig: `start` may be negative.
  void values(std::int32_t contig, std::int64_t start, std::span<float> out, float missing = 0) const;

 protected:
  explicit SignalTrack(ContigSizes contigs) : contigs_(std::move(contigs)) {}

  ContigSizes contigs_;
};

/// Opens a bigWig file, told by its content, or reads text (plain, gzip or bgzip): a file called .bed, .narrowPeak or
/// .broadPeak is 1 in its intervals, any other that is not called .bw or .bigWig is bedGraph. Error (input_file) where
/// it is none of them, or damaged.
std::unique_ptr<SignalTrack> open_signal(const std::string& path);

}  // namespace genocuda
