// SPDX-License-Identifier: Apache-2.0
#include "genomics/sequence_table.h"

#include <cmath>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

Examples table_of(std::string_view text, const SequenceTableOptions& options = {}) {
  LineReader lines = lines_of(text);
  return read_sequence_table(lines, options);
}

std::string letters_of(const Examples& examples, std::int64_t i) {
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(examples.length)));
  pack_examples(examples, {&i, 1}, row.data());
  return row_letters(row.data(), examples.length);
}

using Names = std::vector<std::string>;

TEST(SequenceTable, ReadsCommaSeparatedText) {
  const Examples examples = table_of("sequence,label\nACGT,0\nttna,1\n\nGGGG,\n");
  ASSERT_EQ(examples.size(), 3);
  EXPECT_EQ(examples.length, 4);
  EXPECT_EQ(examples.tasks, Names({"label"}));
  EXPECT_EQ(letters_of(examples, 1), "TTNA");
  EXPECT_EQ(examples.labels.get(0, 0), 0.f);
  EXPECT_EQ(examples.labels.get(1, 0), 1.f);
  EXPECT_TRUE(std::isnan(examples.labels.get(2, 0)));
  EXPECT_EQ(examples.name(2), "sequence 3");
  EXPECT_EQ(examples.origin(2), "test line 5");
  EXPECT_FALSE(examples.locus(0).known());
  EXPECT_NO_THROW(require_binary(examples));
}

TEST(SequenceTable, ReadsTabSeparatedTextWithPlaces) {
  const Examples examples = table_of(
      "Name\tChrom\tstart\tEND\tstrand\ttask a\tSEQ\ttask,b\r\n"
      "first\tchr1\t10\t14\t+\t1\tACGT\tNA\r\n"
      "second\tchr2\t20\t24\t-\tNaN\tACGA\t0.5\r\n"
      "\t\t\t\t\t0\tACGG\t-2e1\r\n");
  EXPECT_EQ(examples.tasks, Names({"task a", "task,b"}));
  EXPECT_EQ(examples.name(1), "second");
  EXPECT_EQ(examples.chromosome(0), "chr1");
  EXPECT_EQ(examples.locus(1), (Locus{1, Strand::reverse, 20, 24}));
  EXPECT_FALSE(examples.locus(2).known());
  EXPECT_EQ(examples.chromosome(2), "");
  EXPECT_EQ(examples.labels.get(1, 1), 0.5f);
  EXPECT_EQ(examples.labels.get(2, 1), -20.f);
  expect_error(
      ErrorKind::input_file, [&] { require_binary(examples); }, "test line 3", "0.5", "'task,b'");
}

TEST(SequenceTable, ReadsQuotedFields) {
  const Examples examples = table_of("\"sequence\",\"a, \"\"b\"\"\",name\n\"ACGT\",\"1\",\"x, y\"\nACGT,0,\"\"\n");
  EXPECT_EQ(examples.tasks, Names({"a, \"b\""}));
  EXPECT_EQ(examples.name(0), "x, y");
  EXPECT_EQ(examples.name(1), "sequence 2");
  EXPECT_EQ(examples.labels.get(0, 0), 1.f);
}

TEST(SequenceTable, TakesTheTasksAskedFor) {
  SequenceTableOptions options;
  options.tasks = {"b"};
  const Examples examples = table_of("set,sequence,a,b\ntraining,ACGT,1,0\n", options);
  EXPECT_EQ(examples.tasks, Names({"b"}));
  EXPECT_EQ(examples.labels.get(0, 0), 0.f);
  options.tasks = {"c"};
  expect_error(
      ErrorKind::input_file, [&] { table_of("sequence,a\nA,1\n", options); }, "test line 1", "'c'");
}

TEST(SequenceTable, WorksWithoutTasks) {
  const Examples examples = table_of("sequence\nACGT\nACGA\n");
  EXPECT_EQ(examples.size(), 2);
  EXPECT_TRUE(examples.tasks.empty());
  EXPECT_EQ(subset(examples, std::vector<std::int64_t>{1}).size(), 1);
}

TEST(SequenceTable, PadsAndCropsInTheMiddle) {
  SequenceTableOptions options;
  options.length = 4;
  const Examples examples = table_of("sequence,y\nACGTAC,0\nACGTA,1\nA,1\nAC,1\nACGT,0\n", options);
  EXPECT_EQ(examples.length, 4);
  EXPECT_EQ(letters_of(examples, 0), "CGTA");
  EXPECT_EQ(letters_of(examples, 1), "ACGT");
  EXPECT_EQ(letters_of(examples, 2), "NANN");
  EXPECT_EQ(letters_of(examples, 3), "NACN");
  EXPECT_EQ(letters_of(examples, 4), "ACGT");
}

TEST(SequenceTable, ReadsCompressedFiles) {
  const TemporaryFolder folder;
  const std::string text = "sequence,label\nACGT,0\nACGA,1\n";
  EXPECT_EQ(read_sequence_table(folder.write("t.csv.gz", gzip(text))).size(), 2);
  EXPECT_EQ(read_sequence_table(folder.write("t.csv", text)).size(), 2);
  expect_error(
      ErrorKind::input_file, [&] { read_sequence_table(folder.write("t.csv.gz", gzip(text).substr(0, 30))); },
      "t.csv.gz", "truncated");
}

TEST(SequenceTable, NamesWhatIsWrong) {
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [] { read_sequence_table("/nowhere/t.csv"); }, "/nowhere/t.csv");
  expect_error(
      error, [] { table_of("\n"); }, "test is empty");
  expect_error(
      error, [] { table_of("sequence,label\n"); }, "test", "no rows");
  expect_error(
      error, [] { table_of("ACGT,1\n"); }, "test line 1", "no column 'sequence'");
  expect_error(
      error, [] { table_of("sequence,y,y\nA,1,1\n"); }, "test line 1", "'y' comes twice");
  expect_error(
      error, [] { table_of("sequence,y\nA,1\nA\n"); }, "test line 3", "1 columns", "2");
  expect_error(
      error, [] { table_of("sequence,y\nA,1\nA,1,1\n"); }, "test line 3", "3 columns", "2");
  expect_error(
      error, [] { table_of("sequence,y\n,1\n"); }, "test line 2", "empty");
  expect_error(
      error, [] { table_of("sequence,y\nACXT,1\n"); }, "test line 2", "'X' in column 'sequence'");
  expect_error(
      error, [] { table_of("sequence,y\nACGT,yes\n"); }, "test line 2", "'yes' in column 'y'");
  expect_error(
      error, [] { table_of("sequence,y\nACGT,inf\n"); }, "test line 2", "'inf'");
  expect_error(
      error, [] { table_of("sequence,y\nACGT,1\nACG,1\n"); }, "test line 3", "3 bases", "4");
  expect_error(
      error, [] { table_of("sequence,y\n\"ACGT,1\n"); }, "test line 2", "quote");
  expect_error(
      error, [] { table_of("sequence,chrom,start,end\nACGT,chr1,7,3\n"); }, "test line 2", "'7'", "'3'");
  expect_error(
      error, [] { table_of("sequence,chrom,start,end\nACGT,chr1,x,3\n"); }, "test line 2", "'x'");
}

}  // namespace
}  // namespace genocuda
