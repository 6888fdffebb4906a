// SPDX-License-Identifier: Apache-2.0
#include "genomics/shuffle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

std::map<std::string, int> dinucleotides(const std::string& letters) {
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i + 1 < letters.size(); ++i) ++counts[letters.substr(i, 2)];
  return counts;
}

TEST(Shuffle, KeepsDinucleotidesAndEnds) {
  philox::Generator random(1, 0);
  for (const char* alphabet : {"ACGT", "AC", "ACGTN", "AAAAAAAAAAAC", "A"}) {
    for (std::int64_t length = 0; length < 300; length += 1 + length / 8) {
      const std::string letters = random_letters(random, length, alphabet);
      const std::string shuffled = dinucleotide_shuffle(PackedSequence(letters), random).letters();
      ASSERT_EQ(dinucleotides(shuffled), dinucleotides(letters)) << letters << "\n" << shuffled;
      ASSERT_EQ(shuffled.substr(0, 1), letters.substr(0, 1));
      ASSERT_EQ(shuffled.size(), letters.size());
    }
  }
}

TEST(Shuffle, MovesTheBases) {
  philox::Generator random(2, 0);
  const std::string letters = random_letters(random, 200);
  const std::string shuffled = dinucleotide_shuffle(PackedSequence(letters), random).letters();
  int same = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) same += letters[i] == shuffled[i];
  EXPECT_LT(same, 100);
}

TEST(Shuffle, DependsOnTheSeedAlone) {
  const PackedSequence sequence("ACGTAGCTAGCTAACCGGTTACGATCGATCAGCATCAGCTACG");
  philox::Generator a(3, 5), b(3, 5), c(4, 5);
  const std::string first = dinucleotide_shuffle(sequence, a).letters();
  EXPECT_EQ(dinucleotide_shuffle(sequence, b).letters(), first);
  EXPECT_NE(dinucleotide_shuffle(sequence, c).letters(), first);
}

// All sequences with the dinucleotides of `letters`, found by trying every order of its bases.
std::set<std::string> all_shuffles(const std::string& letters) {
  std::set<std::string> found;
  std::string order = letters;
  std::sort(order.begin(), order.end());
  do {
    if (order.front() == letters.front() && dinucleotides(order) == dinucleotides(letters)) found.insert(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return found;
}

TEST(Shuffle, DrawsEverySequenceAlikeOften) {
  for (const std::string letters : {"ACGACTAGCA", "AACAGATCA", "ACACAGAGGA", "CAANGATNCG", "AAACAAAGC"}) {
    const std::set<std::string> possible = all_shuffles(letters);
    ASSERT_GT(possible.size(), 5u);
    constexpr int kDrawsEach = 500;
    const int draws = kDrawsEach * static_cast<int>(possible.size());
    std::map<std::string, int> counts;
    philox::Generator random(7, 0);
    for (int i = 0; i < draws; ++i) ++counts[dinucleotide_shuffle(PackedSequence(letters), random).letters()];
    double chi_square = 0;
    for (const std::string& sequence : possible) {
      const double difference = counts[sequence] - kDrawsEach;
      chi_square += difference * difference / kDrawsEach;
    }
    EXPECT_EQ(counts.size(), possible.size()) << letters;
    // Mean k and standard deviation sqrt(2k) for k degrees of freedom; four deviations up are one chance in ten
    // thousand.
    const double freedom = static_cast<double>(possible.size() - 1);
    EXPECT_LT(chi_square, freedom + 4 * std::sqrt(2 * freedom)) << letters << ", " << possible.size() << " sequences";
  }
}

}  // namespace
}  // namespace genocuda
