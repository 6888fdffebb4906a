// SPDX-License-Identifier: Apache-2.0
#include "genomics/kmer_counter.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

TEST(Kmers, BinsAreWithoutGapsAndTheSameForBothStrands) {
  for (int k = 1; k <= 8; ++k) {
    std::map<std::int64_t, std::set<std::uint32_t>> words_of_bin;
    for (std::uint32_t word = 0; word < kmers::words(k); ++word) {
      EXPECT_EQ(kmers::bin_of(word, k, false), word);
      const std::int64_t bin = kmers::bin_of(word, k, true);
      EXPECT_EQ(bin, kmers::bin_of(kmers::reverse_complement(word, k), k, true));
      words_of_bin[bin].insert(kmers::canonical(word, k));
    }
    EXPECT_EQ(static_cast<std::int64_t>(words_of_bin.size()), kmers::bins(k, true)) << k;
    EXPECT_EQ(words_of_bin.begin()->first, 0);
    EXPECT_EQ(words_of_bin.rbegin()->first, kmers::bins(k, true) - 1);
    for (const auto& [bin, words] : words_of_bin) EXPECT_EQ(words.size(), 1u) << k << ' ' << bin;
  }
}

TEST(Kmers, NumbersReadLikeTheirLetters) {
  const KmerCounter counter(4, true);
  EXPECT_EQ(counter.letters(0b00'01'10'11), "ACGT");
  EXPECT_EQ(counter.letters(kmers::reverse_complement(0b00'00'01'10, 4)), "CGTT");
  const std::vector<std::uint32_t> words = counter.words();
  EXPECT_EQ(static_cast<std::int64_t>(words.size()), kmers::bins(4, true));
  EXPECT_TRUE(std::ranges::is_sorted(words));
}

/// Word by word, as counts are defined.
std::vector<WordCount> naive(const std::string& letters, int k, bool canonical) {
  std::map<std::uint32_t, std::uint32_t> counts;
  for (std::size_t i = 0; i + static_cast<std::size_t>(k) <= letters.size(); ++i) {
    std::string word = letters.substr(i, static_cast<std::size_t>(k));
    if (word.find('N') != std::string::npos) continue;
    if (canonical) word = std::min(word, naive_reverse_complement(word));
    std::uint32_t number = 0;
    for (const char letter : word) number = number << 2 | dna::code_of(letter);
    ++counts[number];
  }
  std::vector<WordCount> result;
  for (const auto& [word, count] : counts) result.push_back({word, count});
  return result;
}

TEST(KmerCounter, CountsEveryWordOfARegion) {
  philox::Generator random(3, 1);
  const std::string letters = random_letters(random, 500, "ACGTACGTACGTN");
  const PackedSequence sequence(letters);
  for (const bool canonical : {false, true}) {
    for (const int k : {1, 2, 5, 12}) {
      KmerCounter counter(k, canonical);
      EXPECT_EQ(counter.count({&sequence, 0, 500}), naive(letters, k, canonical));
      EXPECT_EQ(counter.count({&sequence, 100, 77}), naive(letters.substr(100, 77), k, canonical));  // begins anew
      EXPECT_TRUE(counter.count({&sequence, 0, k - 1}).empty());
    }
  }
}

TEST(KmerCounter, RefusesOtherLengths) {
  expect_error(
      ErrorKind::invalid_argument, [] { KmerCounter(0, true); }, "not 0");
  expect_error(
      ErrorKind::invalid_argument, [] { KmerCounter(13, true); }, "1 to 12", "13");
}

}  // namespace
}  // namespace genocuda
