// SPDX-License-Identifier: Apache-2.0
#include "genomics/kmer_counter.h"

#include <algorithm>

#include "core/error.h"

namespace genocuda {

KmerCounter::KmerCounter(int k, bool canonical) : k_(k), canonical_(canonical) {
  if (k < 1 || k > kmers::kLongest) {
    throw Error(ErrorKind::invalid_argument, "words have 1 to {} bases, not {}", kmers::kLongest, k);
  }
  table_.resize(static_cast<std::size_t>(kmers::words(k)));
}

std::vector<WordCount> KmerCounter::count(const SequenceRegion& region) {
  const auto mask = static_cast<std::uint32_t>(kmers::words(k_) - 1);
  std::vector<WordCount> counts;
  std::uint32_t word = 0;
  int known = 0;
  for (std::int64_t i = 0; i < region.length; ++i) {
    const std::uint8_t code = region.sequence->code(region.start + i);
    known = code < dna::kBases ? known + 1 : 0;
    word = (word << 2 | (code & 3u)) & mask;
    if (known < k_) continue;
    const std::uint32_t counted = canonical_ ? kmers::canonical(word, k_) : word;
    if (table_[counted]++ == 0) counts.push_back({counted, 0});
  }
  std::ranges::sort(counts, {}, &WordCount::word);
  for (WordCount& entry : counts) {
    entry.count = table_[entry.word];
    table_[entry.word] = 0;
  }
  return counts;
}

std::vector<std::uint32_t> KmerCounter::words() const {
  std::vector<std::uint32_t> words;
  for (std::uint32_t word = 0; word < kmers::words(k_); ++word) {
    if (!canonical_ || kmers::canonical(word, k_) == word) words.push_back(word);
  }
  return words;
}

std::string KmerCounter::letters(std::uint32_t word) const {
  std::string letters;
  for (int i = k_ - 1; i >= 0; --i) letters += dna::kLetters[word >> 2 * i & 3];
  return letters;
}

}  // namespace genocuda
