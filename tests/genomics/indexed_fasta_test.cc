// SPDX-License-Identifier: Apache-2.0
#include "genomics/indexed_fasta.h"

#include <filesystem>

#include "genomics/genome.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

std::string fasta_text() {
  philox::Generator random(1, 0);
  std::string text;
  for (const char* name : {"chr1", "chr2"}) {
    text += std::string(">") + name + " words\n";
    for (int line = 0; line < 50; ++line) text += random_letters(random, 70, "ACGTNacgt") + "\n";
    text += "ACG\n";
  }
  return text;
}

TEST(IndexedFasta, ReadsRegionsOfPlainAndBgzipFiles) {
  const TemporaryFolder folder;
  for (const std::string& path :
       {folder.write("plain.fa", fasta_text()), folder.write("block.fa.gz", bgzip(fasta_text(), 700))}) {
    const Genome genome = read_genome(path);
    const IndexedFasta indexed(path);
    EXPECT_TRUE(std::filesystem::exists(path + ".fai"));
    ASSERT_EQ(indexed.names().size(), 2);
    philox::Generator random(2, 0);
    for (int trial = 0; trial < 100; ++trial) {
      const auto contig = static_cast<std::int32_t>(random.below(2));
      EXPECT_EQ(indexed.length(contig), genome.length(contig));
      const std::int64_t start = random.below(3503), length = random.below(static_cast<std::uint32_t>(3504 - start));
      ASSERT_EQ(indexed.fetch(contig, start, length).letters(), genome.sequence(contig).letters(start, length));
    }
    const IndexedFasta again(path);  // by the index that is there now
    EXPECT_EQ(again.fetch(1, 3500, 3).letters(), "ACG");
    expect_error(
        ErrorKind::input_file, [&] { again.fetch(1, 3500, 4); }, "'chr2'", "3503");
    expect_error(
        ErrorKind::input_file, [&] { again.fetch(1, -1, 4); }, "-1");
  }
}

TEST(IndexedFasta, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [&] { IndexedFasta fasta(folder.path("absent.fa")); }, "absent.fa");
  expect_error(
      error, [&] { IndexedFasta fasta(folder.write("a.fa.gz", gzip(fasta_text()))); }, "a.fa.gz", "bgzip");
  expect_error(
      error, [&] { IndexedFasta fasta(folder.write("b.fa", "no FASTA\n")); }, "b.fa", "index");
  const std::string path = folder.write("c.fa", ">a\nAC!T\n");
  expect_error(
      error, [&] { IndexedFasta(path).fetch(0, 0, 4); }, "c.fa", "'a'", "at 2");
}

}  // namespace
}  // namespace genocuda
