// SPDX-License-Identifier: Apache-2.0
#include "genomics/bedgraph.h"

#include <cmath>
#include <limits>

#include "genomics/contig_sizes.h"
#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

std::unique_ptr<SignalTrack> bedgraph_of(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_bedgraph(lines);
}

using Runs = std::vector<SignalRun>;

TEST(BedGraph, ReadsIntervalsWithValues) {
  const auto track = bedgraph_of(
      "track type=bedGraph name=x\ntrack\r 3 4 0\n  # comment\t1\t2\t3\nchr2\t5\t7\t1.5\r\nchr1 0 3 "
      "-2\n\nchr2\t9\t10\t1e3\nchr2\t10\t12\t0\n");
  EXPECT_EQ(track->contigs().size(), 2);
  EXPECT_EQ(track->contigs().names[0], "chr2");
  EXPECT_EQ(track->contigs().lengths, (std::vector<std::int64_t>{12, 3}));
  EXPECT_EQ(runs_of(*track, "chr2"), (Runs{{5, 7, 1.5f}, {9, 10, 1000}, {10, 12, 0}}));
  EXPECT_EQ(runs_of(*track, 0, 6, 10), (Runs{{6, 7, 1.5f}, {9, 10, 1000}}));
  EXPECT_EQ(runs_of(*track, 0, 7, 9), Runs{});
}

TEST(BedGraph, GivesMissingBasesTheValueAskedFor) {
  const auto track = bedgraph_of("chr1\t2\t4\t3\nchr1\t5\t6\t7\n");
  EXPECT_EQ(values_of(*track, 0, -2, 10), (std::vector<float>{0, 0, 0, 0, 3, 3, 0, 7, 0, 0}));
  EXPECT_EQ(values_of(*track, 0, 3, 3, -1), (std::vector<float>{3, -1, 7}));
  EXPECT_TRUE(std::isnan(values_of(*track, 0, 0, 1, std::numeric_limits<float>::quiet_NaN())[0]));
  EXPECT_EQ(values_of(*track, 0, 100, 2), (std::vector<float>{0, 0}));
  EXPECT_EQ(values_of(*track, 0, -100, 2), (std::vector<float>{0, 0}));
}

TEST(BedGraph, ReadsBackWhatWasWritten) {
  const GivenTrack track = random_track(1, 3, 5000);
  StringSink plain, packed;
  write_bedgraph(track, plain);
  BgzipSink bgzip(packed);
  write_bedgraph(track, bgzip);
  bgzip.finish();
  EXPECT_LT(packed.text.size(), plain.text.size());
  for (const std::string& text : {plain.text, packed.text}) {
    const auto read = bedgraph_of(text);
    for (std::int32_t contig = 0; contig < 3; ++contig) {
      EXPECT_EQ(runs_of(*read, track.contigs().names[contig]), track.runs[static_cast<std::size_t>(contig)]);
    }
  }
}

TEST(BedGraph, NamesWhatIsWrong) {
  const auto error = ErrorKind::input_file;
  expect_error(
      error, [] { read_bedgraph("/nowhere/a.bedgraph"); }, "/nowhere/a.bedgraph");
  expect_error(
      error, [] { bedgraph_of("chr1\t0\t1\t2\nchr1\t5\t6\n"); }, "test line 2", "neither bigWig nor bedGraph");
  expect_error(
      error, [] { bedgraph_of("chr1\tx\t1\t2\n"); }, "test line 1", "'x'");
  expect_error(
      error, [] { bedgraph_of("chr1\t0\t1.5\t2\n"); }, "test line 1", "'1.5'");
  expect_error(
      error, [] { bedgraph_of("chr1\t0\t1\tnan\n"); }, "test line 1", "'nan'");
  expect_error(
      error, [] { bedgraph_of("chr1\t-1\t1\t2\n"); }, "test line 1", "from -1 to 1");
  expect_error(
      error, [] { bedgraph_of("chr1\t3\t3\t2\n"); }, "test line 1", "from 3 to 3");
  expect_error(
      error, [] { bedgraph_of("chr1\t0\t5\t2\nchr2\t0\t1\t1\nchr1\t4\t6\t2\n"); }, "test line 3", "start 4", "'chr1'",
      "sort");
}

TEST(ContigSizes, ReadsNamesAndLengths) {
  const TemporaryFolder folder;
  const ContigSizes sizes = read_contig_sizes(folder.write("x.fai", "# x\nchr1\t100\t6\t60\t61\nchr2 5\r\n"));
  EXPECT_EQ(sizes.lengths, (std::vector<std::int64_t>{100, 5}));
  EXPECT_EQ(sizes.names[1], "chr2");
  EXPECT_EQ(sizes.total_length(), 105);
  const auto error = ErrorKind::input_file;
  const auto reading = [&](std::string_view text) {
    return [&folder, text] { read_contig_sizes(folder.write("s", text)); };
  };
  expect_error(error, reading("chr1\n"), "s line 1", "length");
  expect_error(error, reading("chr1\t5\nchr2\tx\n"), "s line 2", "'x'");
  expect_error(error, reading("chr1\t0\n"), "s line 1", "'0'");
  expect_error(error, reading("chr1\t5\nchr1\t6\n"), "s line 2", "twice");
  expect_error(error, reading("\n"), "names no contig");
}

}  // namespace
}  // namespace genocuda
