// SPDX-License-Identifier: Apache-2.0
#include "genomics/bed.h"

#include <cmath>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

BedFile bed_of(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_bed(lines);
}

Genome genome_of(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_genome(lines);
}

using Names = std::vector<std::string>;

TEST(Bed, ReadsThreeToSixColumns) {
  const BedFile file = bed_of("chr1\t0\t10\nchr2\t5\t6\tpeak\r\nchr1\t7\t9\t.\t12.5\t-\nchr1\t7\t9\tx\t.\t+\textra\n");
  EXPECT_EQ(file.contigs, Names({"chr1", "chr2"}));
  ASSERT_EQ(file.intervals.size(), 4u);
  EXPECT_EQ(file.intervals[0].contig, 0);
  EXPECT_EQ(file.intervals[0].end, 10);
  EXPECT_EQ(file.intervals[0].strand, '.');
  EXPECT_TRUE(std::isnan(file.intervals[0].score));
  EXPECT_EQ(file.intervals[0].summit, -1);
  EXPECT_EQ(file.intervals[0].point(), 5);
  EXPECT_EQ(file.intervals[1].contig, 1);
  EXPECT_EQ(file.intervals[1].name, "peak");
  EXPECT_EQ(file.intervals[2].name, "");
  EXPECT_EQ(file.intervals[2].score, 12.5f);
  EXPECT_EQ(file.intervals[2].strand, '-');
  EXPECT_EQ(file.intervals[2].line, 3);
  EXPECT_EQ(file.intervals[3].strand, '+');
}

TEST(Bed, ReadsNarrowPeak) {
  const BedFile file = bed_of(
      "track type=narrowPeak name=\"peak\"\n"
      "chrI\t20\t560\tpeak_1\t268\t.\t0\t0\t0\t218\n"
      "chrI\t600\t700\tpeak_2\t268\t.\t0\t0\t0\t-1\n");
  EXPECT_EQ(file.intervals[0].summit, 238);
  EXPECT_EQ(file.intervals[0].point(), 238);
  EXPECT_EQ(file.intervals[1].summit, -1);
  EXPECT_EQ(file.intervals[1].point(), 650);
}

TEST(Bed, SkipsWhatIsNoInterval) {
  const BedFile file = bed_of(
      "# comment\nbrowser position chr1:1-2\ntrack name=x\n\n \t \nchrom\tchromStart\tchromEnd\ntracks\t1\t2\n"
      "chr1 3   4 name\n#chr1\t1\t2\n");
  EXPECT_EQ(file.contigs, Names({"tracks", "chr1"}));
  EXPECT_EQ(file.intervals[1].start, 3);
  EXPECT_EQ(file.intervals[1].name, "name");
  EXPECT_TRUE(bed_of("").intervals.empty());
  EXPECT_TRUE(bed_of("#only\n").intervals.empty());
}

TEST(Bed, ReadsCompressedFiles) {
  const TemporaryFolder folder;
  const std::string text = "chr1\t0\t10\nchr1\t20\t30\n";
  EXPECT_EQ(read_bed(folder.write("a.bed.gz", gzip(text))).intervals.size(), 2u);
  EXPECT_EQ(read_bed(folder.write("b.bed.gz", bgzip(text))).intervals.size(), 2u);
  expect_error(
      ErrorKind::input_file, [&] { read_bed(folder.write("c.bed.gz", gzip(text).substr(0, 20))); }, "c.bed.gz",
      "truncated");
}

TEST(Bed, NamesWhatIsWrong) {
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [] { read_bed("/nowhere/a.bed"); }, "/nowhere/a.bed");
  expect_error(
      error, [] { bed_of("chr1\t0\t10\nchr1\t5\n"); }, "test line 2", "contig, start and end");
  expect_error(
      error, [] { bed_of("chr1\n"); }, "test line 1", "'chr1'");
  expect_error(
      error, [] { bed_of("\t1\t2\n"); }, "test line 1");
  expect_error(
      error, [] { bed_of("chr1\t10\t10\n"); }, "test line 1", "start 10 is not below end 10");
  expect_error(
      error, [] { bed_of("chr1\t11\t10\n"); }, "test line 1", "start 11 is not below end 10");
  expect_error(
      error, [] { bed_of("chr1\t-1\t10\n"); }, "test line 1", "start -1 is below 0");
  expect_error(
      error, [] { bed_of("chr1\tx\t10\n"); }, "test line 1", "start 'x'");
  expect_error(
      error, [] { bed_of("chr1\t1\t1e3\n"); }, "test line 1", "end '1e3'");
  expect_error(
      error, [] { bed_of("chr1\t1\t99999999999999999999\n"); }, "test line 1", "end '99999999999999999999'");
  expect_error(
      error, [] { bed_of("chr1\t1\t9\tn\t0\t.\t0\t0\t0\t8\n"); }, "test line 1", "summit 8", "8 bases");
  expect_error(
      error, [] { bed_of("chr1\t1\t9\tn\t0\t.\t0\t0\t0\tx\n"); }, "test line 1", "summit 'x'");
}

TEST(Bed, LiesOnAGenome) {
  const Genome genome = genome_of(">chrI\nACGTACGT\n>chrII\nACGT\n");
  Notices notices;
  const auto intervals = intervals_on(genome, bed_of("chr2\t0\t4\nchr1\t2\t8\n"), &notices);
  EXPECT_EQ(intervals[0].contig, 1);
  EXPECT_EQ(intervals[1].contig, 0);
  EXPECT_EQ(notices.lines(), Names({"contig names matched by alias: chr2 = chrII, chr1 = chrI"}));
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [&] { intervals_on(genome, bed_of("chrI\t0\t1\nchr9\t2\t8\n")); }, "test line 2", "'chr9'", "chrI, chrII");
  expect_error(
      error, [&] { intervals_on(genome, bed_of("chrI\t0\t1\nchr2\t2\t5\n")); }, "test line 2", "end 5", "'chr2'",
      "4 bases");
}

}  // namespace
}  // namespace genocuda
