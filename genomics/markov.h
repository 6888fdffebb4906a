// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/philox.h"
#include "genomics/motif.h"
#include "genomics/sequence_region.h"

namespace genocuda {

/// Random DNA in which a base depends on the `order` bases before it.
class MarkovChain {
 public:
  static constexpr int kHighestOrder = 8;

  /// Order 0: bases independent of each other.
  explicit MarkovChain(const BaseNumbers& shares);

  /// The shares of each base after each word of up to `order` bases in the regions, forward strand; words with unknown
  /// bases are passed over, and every base counts once more after each word, so that nothing is impossible. Error
  /// (invalid_argument) for an order outside 0 to kHighestOrder.
  static MarkovChain learn(std::span<const SequenceRegion> regions, int order);

  int order() const { return static_cast<int>(tables_.size()) - 1; }
  /// The shares of the bases after `word` of `length` <= order bases, a number as core/kmers.h has them.
  const BaseNumbers& after(std::uint32_t word, int length) const { return tables_[length][word]; }

  /// A sequence of codes 0–3. Its first bases depend on as many as there are before them.
  std::vector<std::uint8_t> draw(std::int64_t length, philox::Generator& random) const;

 private:
  MarkovChain() = default;
  std::vector<std::vector<BaseNumbers>> tables_;  // by the length of the word before, then by the word
};

/// A base drawn from shares that sum to 1.
std::uint8_t draw_base(const BaseNumbers& shares, philox::Generator& random);

}  // namespace genocuda
