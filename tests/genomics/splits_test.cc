// SPDX-License-Identifier: Apache-2.0
#include "genomics/splits.h"

#include <algorithm>
#include <set>

#include "genomics/sequence_keys.h"
#include "genomics/sequence_table.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

using Indices = std::vector<std::int64_t>;

Examples on_chromosomes(const std::vector<std::string>& chromosomes) {
  std::string text = "sequence,chrom,start,end,y\n";
  for (const std::string& chromosome : chromosomes) text += "ACGT," + chromosome + ",0,4,1\n";
  LineReader lines = lines_of(text);
  return read_sequence_table(lines);
}

Examples random_table(int rows, std::int64_t length, std::uint64_t seed) {
  philox::Generator random(seed, 0);
  std::string text = "sequence,y\n";
  for (int i = 0; i < rows; ++i) text += random_letters(random, length) + ",1\n";
  LineReader lines = lines_of(text);
  return read_sequence_table(lines);
}

TEST(Splits, ByChromosome) {
  const Examples examples = on_chromosomes({"chr1", "chr2", "chr3", "chr1", "chr4"});
  const Split rest = split_by_chromosome(examples, {}, {"chr2"}, {"chr3"});
  EXPECT_EQ(rest.train, Indices({0, 3, 4}));
  EXPECT_EQ(rest.valid, Indices({1}));
  EXPECT_EQ(rest.test, Indices({2}));
  const Split named = split_by_chromosome(examples, {"chr1"}, {"chr2"}, {});
  EXPECT_EQ(named.train, Indices({0, 3}));
  EXPECT_TRUE(named.test.empty());
}

TEST(Splits, ByChromosomeUnderAnotherName) {
  Notices notices;
  const Split split = split_by_chromosome(on_chromosomes({"chrI", "chrIV"}), {}, {}, {"4"}, &notices);
  EXPECT_EQ(split.test, Indices({1}));
  EXPECT_FALSE(notices.empty());
}

TEST(Splits, ByChromosomeNameWhatIsWrong) {
  const Examples examples = on_chromosomes({"chr1", "chr2", "chr3"});
  const auto error = ErrorKind::invalid_argument;
  expect_error(
      error, [&] { split_by_chromosome(examples, {}, {"chr7"}, {}); }, "'chr7'", "valid", "chr1, chr2, chr3");
  expect_error(
      error, [&] { split_by_chromosome(examples, {}, {"chr2"}, {"chr2"}); }, "'chr2'", "valid", "test");
  expect_error(
      error, [&] { split_by_chromosome(examples, {}, {"chr2"}, {"2"}); }, "'2'");
  expect_error(
      error,
      [&] {
        split_by_chromosome(examples, {}, {"chr1", "chr2"}, {"chr3"});
      },
      "train split is empty");
  const Examples some = subset(examples, Indices{0, 1});
  expect_error(
      error, [&] { split_by_chromosome(some, {}, {}, {"chr3"}); }, "test split is empty");
  expect_error(
      error, [&] { split_by_chromosome(random_table(3, 8, 1), {}, {}, {}); }, "test line 2", "no chromosome");
}

TEST(Splits, ByFraction) {
  const Examples examples = random_table(1000, 20, 1);
  const Split split = split_by_fraction(examples, 0.1, 0.25, 7);
  EXPECT_EQ(split.valid.size(), 100u);
  EXPECT_EQ(split.test.size(), 250u);
  EXPECT_EQ(split.train.size(), 650u);
  std::set<std::int64_t> all;
  for (const Indices* part : {&split.train, &split.valid, &split.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    all.insert(part->begin(), part->end());
  }
  EXPECT_EQ(all.size(), 1000u);
  EXPECT_EQ(split_by_fraction(examples, 0.1, 0.25, 7).test, split.test);
  EXPECT_NE(split_by_fraction(examples, 0.1, 0.25, 8).test, split.test);
  EXPECT_TRUE(split_by_fraction(examples, 0.1, 0, 7).test.empty());
}

TEST(Splits, ByFractionKeepsEqualSequencesTogether) {
  // 64 sequences of 3 bases and their reverse complements among 1000 rows.
  const Examples examples = random_table(1000, 3, 2);
  const Split split = split_by_fraction(examples, 0.2, 0.2, 3);
  const std::vector<SequenceKey> keys = sequence_keys(examples);
  std::set<SequenceKey> seen;
  for (const Indices* part : {&split.train, &split.valid, &split.test}) {
    std::set<SequenceKey> own;
    for (const std::int64_t i : *part) own.insert(keys[static_cast<std::size_t>(i)]);
    for (const SequenceKey& key : own) EXPECT_TRUE(seen.insert(key).second) << "a sequence in two lists";
  }
  EXPECT_EQ(seen.size(), 32u);
}

TEST(Splits, ByFractionDividesWindowsWithoutAKnownBaseByTheirPlaces) {
  Genome genome("sizes");
  for (const char* name : {"chr1", "chr2"}) genome.add(name, PackedSequence(std::string(500, 'N')));
  Examples examples;
  examples.genome = std::make_shared<const Genome>(std::move(genome));
  examples.length = 20;
  for (std::int64_t i = 0; i < 200; ++i) {  // every place twice, on either strand
    const Strand strand = i < 100 ? Strand::forward : Strand::reverse;
    examples.windows.push_back({static_cast<std::int32_t>(i % 2), strand, i % 100 / 2 * 10});
  }
  const Split split = split_by_fraction(examples, 0.1, 0.2, 7);
  EXPECT_EQ(split.valid.size(), 20u);
  EXPECT_EQ(split.test.size(), 40u);
  EXPECT_EQ(split.train.size(), 140u);
  for (const Indices* part : {&split.train, &split.valid, &split.test}) {
    for (const std::int64_t i : *part) EXPECT_TRUE(std::binary_search(part->begin(), part->end(), (i + 100) % 200));
  }
}

TEST(Splits, ByFractionNameWhatIsWrong) {
  const Examples examples = random_table(10, 20, 1);
  const auto error = ErrorKind::invalid_argument;
  expect_error(
      error, [&] { split_by_fraction(examples, -0.1, 0, 1); }, "-0.1");
  expect_error(
      error, [&] { split_by_fraction(examples, 0.5, 0.5, 1); }, "0.5");
  expect_error(
      error, [&] { split_by_fraction(examples, 0.01, 0, 1); }, "valid split is empty");
}

TEST(SequenceKeys, AreOfBothStrandsAndOfUnknownBases) {
  LineReader lines = lines_of("sequence\nAACN\nNGTT\nAACA\nAACN\n");
  const std::vector<SequenceKey> keys = sequence_keys(read_sequence_table(lines));
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
  EXPECT_EQ(keys[0], keys[3]);
}

}  // namespace
}  // namespace genocuda
