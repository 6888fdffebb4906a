// SPDX-License-Identifier: Apache-2.0
#include "genomics/examples.h"

#include <cmath>

#include "genomics/sequence_table.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

using Names = std::vector<std::string>;
using Indices = std::vector<std::int64_t>;

Examples table_of(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_sequence_table(lines);
}

// Two windows on a genome of two contigs.
Examples genome_windows() {
  LineReader lines = lines_of(">chr1\nAACCGGTT\n>chr2\nACGTNACG\n");
  Examples examples;
  examples.genome = std::make_shared<Genome>(read_genome(lines));
  examples.length = 4;
  examples.windows = {{0, Strand::forward, 2}, {1, Strand::reverse, -1}};
  examples.tasks = {"a", "b"};
  examples.labels = LabelMatrix(2, 2);
  examples.labels.set(1, 0, 1.f);
  return examples;
}

Names letters_of(const Examples& examples) {
  Indices all(examples.windows.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  const auto words = static_cast<std::size_t>(dna::row_words(examples.length));
  std::vector<std::uint32_t> rows(words * all.size());
  pack_examples(examples, all, rows.data());
  Names letters;
  for (std::size_t i = 0; i < all.size(); ++i) letters.push_back(row_letters(&rows[i * words], examples.length));
  return letters;
}

TEST(Examples, PackWindowsOfAGenome) {
  const Examples examples = genome_windows();
  EXPECT_EQ(letters_of(examples), Names({"CCGG", "CGTN"}));
  EXPECT_EQ(examples.name(0), "chr1:2-6(+)");
  EXPECT_EQ(examples.name(1), "chr2:-1-3(-)");
  EXPECT_EQ(examples.chromosome(1), "chr2");
  EXPECT_EQ(examples.locus(0), (Locus{0, Strand::forward, 2, 6}));
  std::vector<float> labels(4);
  pack_labels(examples, Indices{1, 0}, labels.data());
  EXPECT_EQ(labels, std::vector<float>({1.f, 0.f, 0.f, 0.f}));
}

TEST(Examples, JitterAndStrandAreCoordinates) {
  const Examples examples = genome_windows();
  const Window windows[] = {examples.windows[0].shifted(1), examples.windows[0].flipped(),
                            examples.windows[0].shifted(-3).flipped()};
  std::uint32_t rows[6];
  pack_windows(*examples.genome, windows, 4, rows);
  EXPECT_EQ(row_letters(rows, 4), "CGGT");
  EXPECT_EQ(row_letters(rows + 2, 4), "CCGG");
  EXPECT_EQ(row_letters(rows + 4, 4), "GTTN");
}

TEST(Examples, SubsetsKeepEverythingThatBelongsToThem) {
  const Examples all =
      table_of("sequence,name,chrom,start,end,y\nAAAA,a,chr1,0,4,1\nCCCC,b,chr2,5,9,0\nGGGG,c,chr1,7,11,NA\n");
  const Examples part = subset(all, Indices{2, 0});
  EXPECT_EQ(letters_of(part), Names({"GGGG", "AAAA"}));
  EXPECT_EQ(part.name(0), "c");
  EXPECT_EQ(part.chromosome(0), "chr1");
  EXPECT_EQ(part.locus(0).start, 7);
  EXPECT_EQ(part.origin(0), "test line 4");
  EXPECT_TRUE(std::isnan(part.labels.get(0, 0)));
  EXPECT_EQ(part.labels.get(1, 0), 1.f);
  EXPECT_EQ(part.genome, all.genome);
  expect_error(
      ErrorKind::invalid_argument, [&] { subset(all, Indices{3}); }, "example 3");
  expect_error(
      ErrorKind::invalid_argument, [&] { subset(all, Indices{-1}); }, "example -1");
}

TEST(Examples, ConcatenateWindowsOfOneGenome) {
  const Examples examples = genome_windows();
  const Examples twice = concatenate(examples, examples);
  EXPECT_EQ(twice.genome, examples.genome);
  EXPECT_EQ(letters_of(twice), Names({"CCGG", "CGTN", "CCGG", "CGTN"}));
  EXPECT_EQ(twice.labels.get(3, 0), 1.f);
  EXPECT_TRUE(twice.loci.empty());
  EXPECT_TRUE(twice.names.empty());
}

TEST(Examples, ConcatenateTables) {
  const Examples a = table_of("sequence,name,y\nAAAA,one,1\n");
  const Examples b = table_of("sequence,chrom,start,end,y\nCCCC,chr2,0,4,0\nCCCG,chr3,0,4,0.5\n");
  const Examples both = concatenate(a, b);
  EXPECT_EQ(letters_of(both), Names({"AAAA", "CCCC", "CCCG"}));
  EXPECT_EQ(both.name(0), "one");
  EXPECT_EQ(both.name(1), "chr2:0-4(+)");
  EXPECT_EQ(both.chromosome(0), "");
  EXPECT_EQ(both.chromosome(2), "chr3");
  EXPECT_EQ(both.labels.get(0, 0), 1.f);
  EXPECT_EQ(both.labels.get(2, 0), 0.5f);
  EXPECT_EQ(both.origin(2), "test line 3");
  const Examples reversed = concatenate(b, a);
  EXPECT_EQ(letters_of(reversed), Names({"CCCC", "CCCG", "AAAA"}));
  EXPECT_EQ(reversed.chromosome(1), "chr3");
  EXPECT_FALSE(reversed.locus(2).known());
}

TEST(Examples, ConcatenateOnlyWhatFits) {
  const Examples a = table_of("sequence,y\nAAAA,1\n");
  expect_error(
      ErrorKind::invalid_argument, [&] { concatenate(a, table_of("sequence,y\nAAA,1\n")); }, "4", "3", "test");
  expect_error(
      ErrorKind::invalid_argument, [&] { concatenate(a, table_of("sequence,z\nAAAA,1\n")); }, "y", "z");
}

}  // namespace
}  // namespace genocuda
