// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/kmers.h"
#include "genomics/sequence_region.h"

namespace genocuda {

/// A word by its number (core/kmers.h) and how often it occurs.
struct WordCount {
  std::uint32_t word = 0;
  std::uint32_t count = 0;
  friend bool operator==(const WordCount&, const WordCount&) = default;
};

/// Counts the words of k bases in sequences of any length. Words with an unknown base count for none; where words are
/// canonical, the first in the alphabet of a word and its reverse complement stands for both. Time is linear in the
/// bases, memory 4 bytes a possible word.
class KmerCounter {
 public:
  /// Error (invalid_argument) for a k outside 1 to kmers::kLongest.
  KmerCounter(int k, bool canonical);

  /// The words that occur, in the order of the alphabet.
  std::vector<WordCount> count(const SequenceRegion& region);

  /// All words that may occur, in the order of the alphabet.
  std::vector<std::uint32_t> words() const;
  std::string letters(std::uint32_t word) const;

 private:
  int k_;
  bool canonical_;
  std::vector<std::uint32_t> table_;
};

}  // namespace genocuda
