// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/executable.h"
#include "genomics/packed_sequence.h"
#include "genomics/pssm.h"
#include "genomics/sequence_region.h"

namespace genocuda {

/// A motif to look for, and the least score in steps (Pssm) that counts as a hit. 1 is the neuron max(0, W·x).
struct ScannedMotif {
  Pssm pssm;
  std::int32_t threshold = 1;
};

struct MotifHit {
  std::int64_t region = 0;
  std::int64_t position = 0;  ///< of the window's leftmost base, counted from the region's start
  std::int32_t motif = 0;
  Strand strand = Strand::forward;  ///< that on which the motif reads forwards
  std::int32_t steps = 0;           ///< the score; value() of the Pssm gives it in bits
  friend bool operator==(const MotifHit&, const MotifHit&) = default;
};

struct MotifScanOptions {
  bool both_strands = true;
  ExecutableOptions executable = {};
};

/// Looks for motifs along DNA. The scan is a network of one layer that runs on any device: each motif, and its reverse
/// complement, is a filter of a one-hot convolution, followed by a max-pool. Where a pool reaches the threshold the
/// host scores its windows again, in whole numbers, so that every device gives the same hits. Where a device runs a
/// first layer in one operator, bias (minus the threshold) and ReLU stand between the two, as in any network.
///
/// A window with an unknown base is no hit, nor is one that reaches over the end of its region. Motifs of similar width
/// are filters of one executable, short ones padded with zeros. Memory does not grow with the sequences. Not safe for
/// use by several threads at once.
class MotifScanner {
 public:
  /// The device must outlive the scanner. Error (invalid_argument) where there is no motif.
  MotifScanner(std::vector<ScannedMotif> motifs, Device& device, const MotifScanOptions& options = {});
  ~MotifScanner();
  MotifScanner(MotifScanner&&) noexcept;

  /// Called with the hits of neighbouring stretches of the regions, in order: by region, position, motif and strand.
  /// `bases` of the regions are done.
  using Sink = std::function<void(std::span<const MotifHit> hits, std::int64_t bases)>;
  void scan(std::span<const SequenceRegion> regions, const Sink& sink);
  std::vector<MotifHit> scan(std::span<const SequenceRegion> regions);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace genocuda
