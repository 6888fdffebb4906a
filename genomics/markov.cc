// SPDX-License-Identifier: Apache-2.0
#include "genomics/markov.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/kmers.h"

namespace genocuda {

MarkovChain::MarkovChain(const BaseNumbers& shares) : tables_{{shares}} {}

MarkovChain MarkovChain::learn(std::span<const SequenceRegion> regions, int order) {
  if (order < 0 || order > kHighestOrder) {
    throw Error(ErrorKind::invalid_argument, "a background of order {}: orders are 0 to {}", order, kHighestOrder);
  }
  MarkovChain chain;
  for (int length = 0; length <= order; ++length) {
    chain.tables_.emplace_back(static_cast<std::size_t>(kmers::words(length)), BaseNumbers{1, 1, 1, 1});
  }
  for (const SequenceRegion& region : regions) {
    std::uint32_t word = 0;
    int known = 0;
    for (std::int64_t i = 0; i < region.length; ++i) {
      const std::uint8_t code = region.sequence->code(region.start + i);
      if (code >= dna::kBases) {
        known = 0;
        continue;
      }
      for (int length = 0; length <= std::min(known, order); ++length) {
        chain.tables_[length][word & static_cast<std::uint32_t>(kmers::words(length) - 1)][code] += 1;
      }
      word = word << 2 | code;
      ++known;
    }
  }
  for (std::vector<BaseNumbers>& table : chain.tables_) {
    for (BaseNumbers& shares : table) {
      const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
      for (double& share : shares) share /= total;
    }
  }
  return chain;
}

std::vector<std::uint8_t> MarkovChain::draw(std::int64_t length, philox::Generator& random) const {
  std::vector<std::uint8_t> codes;
  std::uint32_t word = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const int before = static_cast<int>(std::min<std::int64_t>(i, order()));
    codes.push_back(draw_base(after(word & static_cast<std::uint32_t>(kmers::words(before) - 1), before), random));
    word = word << 2 | codes.back();
  }
  return codes;
}

std::uint8_t draw_base(const BaseNumbers& shares, philox::Generator& random) {
  double left = random.uniform();
  for (std::uint8_t base = 0; base + 1 < dna::kBases; ++base) {
    left -= shares[base];
    if (left < 0) return base;
  }
  return dna::kBases - 1;
}

}  // namespace genocuda
