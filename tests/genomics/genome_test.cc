// SPDX-License-Identifier: Apache-2.0
#include "genomics/genome.h"

#include "genomics/contig_sizes.h"
#include "genomics/examples.h"
#include "genomics/fasta.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

Genome genome_from(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_genome(lines);
}

TEST(Genome, ReadsFasta) {
  const Genome genome = genome_from("\n>chr1 the first\nACGT\nacgtn\n\n>chr2\r\nTT\r\nG\r\n>chr3\tx\n  NRY  \n");
  ASSERT_EQ(genome.size(), 3);
  EXPECT_EQ(genome.name(0), "chr1");
  EXPECT_EQ(genome.sequence(0).letters(), "ACGTACGTN");
  EXPECT_EQ(genome.sequence(1).letters(), "TTG");
  EXPECT_EQ(genome.name(2), "chr3");
  EXPECT_EQ(genome.sequence(2).letters(), "NNN");
  EXPECT_EQ(genome.length(1), 3);
  EXPECT_EQ(genome.total_length(), 15);
  EXPECT_EQ(genome.source(), "test");
}

// A human genome of which the lengths alone are known: 1.2 GB if unknown bases were stored.
TEST(Genome, HoldsContigsWithoutTheirBases) {
  ContigSizes sizes{"hg38.sizes", {}, {}};
  for (int i = 1; i <= 22; ++i) sizes.add(fmt::format("chr{}", i), 150000000);
  const Genome genome = genome_of(sizes);
  EXPECT_EQ(genome.source(), "hg38.sizes");
  EXPECT_EQ(genome.contig("2"), 1);
  EXPECT_EQ(genome.length(1), 150000000);
  EXPECT_EQ(genome.total_length(), 22 * std::int64_t{150000000});
  EXPECT_EQ(contig_sizes_of(genome).lengths, sizes.lengths);
  EXPECT_EQ(genome.sequence(1).letters(1000, 4), "NNNN");
  const Window windows[] = {{1, Strand::forward, 1000}, {21, Strand::reverse, 149999990}};
  std::vector<std::uint32_t> rows(static_cast<std::size_t>(2 * dna::row_words(50)));
  pack_windows(genome, windows, 50, rows.data());
  EXPECT_EQ(row_letters(rows.data() + dna::row_words(50), 50), std::string(50, 'N'));

  Genome both = genome_from(">a\nACGT\n");
  both.append(genome);
  EXPECT_EQ(both.length(0), 4);
  EXPECT_EQ(both.length(2), 150000000);
  EXPECT_EQ(both.total_length(), genome.total_length() + 4);
}

TEST(Genome, ReadsCompressedFiles) {
  const TemporaryFolder folder;
  philox::Generator random(6, 0);
  const std::string letters = random_letters(random, 100000);
  std::string text = ">chr1\n";
  for (std::size_t at = 0; at < letters.size(); at += 61) text += letters.substr(at, 61) + "\n";
  for (const std::string& content : {text, gzip(text), bgzip(text, 60000)}) {
    EXPECT_EQ(read_genome(folder.write("genome.fa", content)).sequence(0).letters(), letters);
  }
  expect_error(
      ErrorKind::input_file, [&] { read_genome(folder.write("cut.fa.gz", gzip(text).substr(0, 5000))); }, "cut.fa.gz",
      "truncated");
}

TEST(Genome, FindsContigsByAlias) {
  const Genome genome = genome_from(">chr1\nA\n>chrM\nC\n");
  Notices notices;
  EXPECT_EQ(genome.contig("chr1", &notices), 0);
  EXPECT_TRUE(notices.empty());
  EXPECT_EQ(genome.contig("MT", &notices), 1);
  EXPECT_FALSE(notices.empty());
  expect_error(
      ErrorKind::input_file, [&] { genome.contig("chr7"); }, "'chr7'", "test", "chr1, chrM");
}

TEST(Genome, NamesWhatIsWrong) {
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [] { read_genome("/nowhere/genome.fa"); }, "/nowhere/genome.fa");
  expect_error(
      error, [] { genome_from(""); }, "test is empty");
  expect_error(
      error, [] { genome_from("\n \n"); }, "test holds no FASTA record");
  expect_error(
      error, [] { genome_from("\nACGT\n"); }, "test line 2", "not FASTA", "'ACGT'");
  expect_error(
      error, [] { genome_from("chr1\t5\t6\n>chr1\nA\n"); }, "test line 1", "'chr1\\x095\\x096'");
  expect_error(
      error, [] { genome_from(">chr1\nACGT\nACEGT\n"); }, "test line 3", "'E' is no base");
  expect_error(
      error, [] { genome_from(">chr1\nAC-GT\n"); }, "test line 2", "'-' is no base");
  expect_error(
      error, [] { genome_from(">chr1\nAC\n>chr2\n>chr3\nA\n"); }, "test line 3", "'chr2' has no bases");
  expect_error(
      error, [] { genome_from(">chr1\nAC\n>chr2"); }, "test line 3", "'chr2' has no bases");
  expect_error(
      error, [] { genome_from(">chr1\nAC\n>chr1 again\nA\n"); }, "test line 3", "'chr1' comes twice");
  expect_error(
      error, [] { genome_from("> \nAC\n"); }, "test line 1", "no name");
}

TEST(Fasta, GivesNameDescriptionAndLine) {
  LineReader lines = lines_of(">a  chr2L:1-4 \nACGT\n>b\nA");
  FastaReader reader(lines);
  FastaRecord record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.name, "a");
  EXPECT_EQ(record.description, "chr2L:1-4");
  EXPECT_EQ(record.line, 1);
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.name, "b");
  EXPECT_EQ(record.description, "");
  EXPECT_EQ(record.line, 3);
  EXPECT_FALSE(reader.next(record));
  EXPECT_FALSE(reader.next(record));
}

}  // namespace
}  // namespace genocuda
