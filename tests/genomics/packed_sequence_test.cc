// SPDX-License-Identifier: Apache-2.0
#include "genomics/packed_sequence.h"

#include <algorithm>
#include <limits>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

constexpr std::uint32_t kPoison = 0xDEADBEEF;

// The row of a window, one base at a time.
std::vector<std::uint32_t> naive_row(const std::string& letters, std::int64_t start, std::int64_t length,
                                     Strand strand) {
  std::string window;
  for (std::int64_t i = start; i < start + length; ++i) {
    window += i >= 0 && i < static_cast<std::int64_t>(letters.size()) ? letters[static_cast<std::size_t>(i)] : 'N';
  }
  if (strand == Strand::reverse) window = naive_reverse_complement(window);
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(length)));
  for (std::int64_t i = 0; i < length; ++i) {
    dna::set(row.data(), length, i, dna::code_of(window[static_cast<std::size_t>(i)]));
  }
  return row;
}

std::vector<std::uint32_t> extract(const PackedSequence& sequence, std::int64_t start, std::int64_t length,
                                   Strand strand) {
  const auto words = static_cast<std::size_t>(dna::row_words(length));
  std::vector<std::uint32_t> row(words + 1, kPoison);
  sequence.extract(start, length, strand, row.data());
  EXPECT_EQ(row.back(), kPoison) << "written past the row";
  row.pop_back();
  return row;
}

TEST(PackedSequence, HoldsLettersOfAnyLength) {
  philox::Generator random(1, 0);
  for (std::int64_t length = 0; length < 200; ++length) {
    const std::string letters = random_letters(random, length, "ACGTN");
    const PackedSequence sequence(letters);
    ASSERT_EQ(sequence.size(), length);
    ASSERT_EQ(sequence.letters(), letters);
    for (std::int64_t i = 0; i < length; ++i) {
      ASSERT_EQ(sequence.code(i), dna::code_of(letters[static_cast<std::size_t>(i)]));
    }
    ASSERT_EQ(sequence.code(-1), dna::kUnknown);
    ASSERT_EQ(sequence.code(length), dna::kUnknown);
  }
}

TEST(PackedSequence, IsTheSameHoweverItWasAppended) {
  philox::Generator random(2, 0);
  for (int trial = 0; trial < 200; ++trial) {
    const std::string letters = random_letters(random, random.below(300), "ACGTACGTACGTN");
    PackedSequence pieces, codes;
    for (std::size_t at = 0; at < letters.size();) {
      const std::size_t count = std::min<std::size_t>(random.below(70), letters.size() - at);
      ASSERT_EQ(pieces.append(letters.substr(at, count)), count);
      at += count;
    }
    for (const char letter : letters) codes.append_code(dna::code_of(letter));
    ASSERT_EQ(pieces, PackedSequence(letters));
    ASSERT_EQ(codes, pieces);
  }
}

TEST(PackedSequence, CountsLowerCaseAndAmbiguityCodes) {
  EXPECT_EQ(PackedSequence("acgtuRYSWKMBDHVn").letters(), "ACGTTNNNNNNNNNNN");
}

TEST(PackedSequence, TakesExactlyTheLettersOfTheAlphabet) {
  for (int letter = 0; letter < 256; ++letter) {
    for (const std::size_t place : {0, 7, 8, 15, 20}) {
      std::string letters(21, 'g');
      letters[place] = static_cast<char>(letter);
      const std::uint8_t code = dna::code_of(static_cast<char>(letter));
      PackedSequence sequence;
      const std::size_t appended = sequence.append(letters);
      ASSERT_EQ(appended, code == dna::kNotABase ? place : letters.size()) << letter;
      for (std::size_t i = 0; i < appended; ++i) {
        ASSERT_EQ(sequence.code(static_cast<std::int64_t>(i)), i == place ? code : 2) << letter;
      }
    }
  }
}

TEST(PackedSequence, StopsAtWhatIsNoBase) {
  for (const std::size_t place : {0, 5, 16, 31, 40}) {
    std::string letters(41, 'C');
    letters[place] = 'E';
    PackedSequence sequence;
    EXPECT_EQ(sequence.append("G"), 1u);
    EXPECT_EQ(sequence.append(letters), place);
    const std::string kept = std::string("G").append(letters, 0, place);
    EXPECT_EQ(sequence.letters(), kept);
    EXPECT_EQ(sequence, PackedSequence(kept));
  }
  expect_error(
      ErrorKind::invalid_argument, [] { PackedSequence("ACE"); }, "letter 3");
}

TEST(PackedSequence, ExtractsWhatTheNaiveWayDoes) {
  philox::Generator random(3, 0);
  for (int trial = 0; trial < 20000; ++trial) {
    const std::int64_t size = random.below(150);
    const std::string letters = random_letters(random, size, trial % 2 ? "ACGT" : "ACGTACGTN");
    const PackedSequence sequence(letters);
    const std::int64_t length = random.below(120);
    const std::int64_t start = static_cast<std::int64_t>(random.below(300)) - 140;
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
      ASSERT_EQ(extract(sequence, start, length, strand), naive_row(letters, start, length, strand))
          << letters << " start " << start << " length " << length << " strand " << symbol(strand);
    }
  }
}

TEST(PackedSequence, ExtractsLongWindows) {
  philox::Generator random(4, 0);
  const std::string letters = random_letters(random, 10000, "ACGTACGTACGTACGTN");
  const PackedSequence sequence(letters);
  for (int trial = 0; trial < 200; ++trial) {
    const std::int64_t length = 1 + random.below(2200);
    const std::int64_t start = static_cast<std::int64_t>(random.below(12000)) - 2000;
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
      ASSERT_EQ(extract(sequence, start, length, strand), naive_row(letters, start, length, strand));
    }
  }
}

TEST(PackedSequence, ExtractsFarOutside) {
  const PackedSequence sequence("ACGT");
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t start : {std::int64_t{4}, std::int64_t{-40}, kFar, -kFar}) {
    for (const Strand strand : {Strand::forward, Strand::reverse}) {
      EXPECT_EQ(extract(sequence, start, 40, strand), naive_row("", 0, 40, strand));
    }
  }
}

TEST(PackedSequence, CountsUnknownBases) {
  philox::Generator random(5, 0);
  for (int trial = 0; trial < 2000; ++trial) {
    const std::string letters = random_letters(random, random.below(150), "ACGTN");
    const PackedSequence sequence(letters);
    const std::int64_t length = random.below(150), start = static_cast<std::int64_t>(random.below(200)) - 100;
    const std::string window = sequence.letters(start, length);
    ASSERT_EQ(sequence.count_unknown(start, length), std::count(window.begin(), window.end(), 'N'));
  }
}

TEST(PackedSequence, WritesTheLayoutOfDnaRows) {
  std::uint32_t row[4];
  PackedSequence("TACGN").extract(0, 5, Strand::forward, row);
  EXPECT_EQ(row[0], 3u | 0u << 2 | 1u << 4 | 2u << 6);
  EXPECT_EQ(row[1], 1u << 4);
  PackedSequence("TACGN").extract(0, 5, Strand::reverse, row);  // NCGTA
  EXPECT_EQ(row[0], 0u | 1u << 2 | 2u << 4 | 3u << 6 | 0u << 8);
  EXPECT_EQ(row[1], 1u);
}

}  // namespace
}  // namespace genocuda
