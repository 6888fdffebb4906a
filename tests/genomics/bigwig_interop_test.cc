// SPDX-License-Identifier: Apache-2.0
// Our bigWig files read by libBigWig, and its files read by us. Built where libBigWig is installed.
#include <cmath>
#include <memory>

#define NOCURL
#include <bigWig.h>

#include "genomics/bigwig.h"
#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

struct Close {
  void operator()(bigWigFile_t* file) const { bwClose(file); }
};
using File = std::unique_ptr<bigWigFile_t, Close>;

File open_there(const std::string& path, const char* mode) {
  return File(bwOpen(const_cast<char*>(path.c_str()), nullptr, mode));
}

TEST(BigWigInterop, OurFilesAreReadElsewhere) {
  const TemporaryFolder folder;
  const GivenTrack track = random_track(11, 3, 20000);
  StringSink sink;
  write_bigwig(track, sink);
  const File file = open_there(folder.write("ours.bw", sink.text), "r");
  ASSERT_TRUE(file);
  ASSERT_EQ(file->cl->nKeys, 3);
  EXPECT_GE(file->hdr->nLevels, 3);
  double sum = 0, bases = 0;
  for (std::int32_t contig = 0; contig < 3; ++contig) {
    std::string name = track.contigs().names[contig];
    const auto length = static_cast<std::uint32_t>(track.contigs().length(contig));
    bwOverlappingIntervals_t* found = bwGetOverlappingIntervals(file.get(), name.data(), 0, length);
    ASSERT_TRUE(found);
    std::vector<SignalRun> runs;
    for (std::uint32_t i = 0; i < found->l; ++i) runs.push_back({found->start[i], found->end[i], found->value[i]});
    bwDestroyOverlappingIntervals(found);
    const std::vector<SignalRun>& own = track.runs[static_cast<std::size_t>(contig)];
    EXPECT_TRUE(runs == own) << name;
    double contig_sum = 0, contig_bases = 0;
    for (const SignalRun& run : own) {
      contig_sum += static_cast<double>(run.value) * static_cast<double>(run.end - run.start);
      contig_bases += static_cast<double>(run.end - run.start);
    }
    // Over so much, the mean comes from the zoom levels.
    double* stats = bwStats(file.get(), name.data(), 0, length, 1, mean);
    ASSERT_TRUE(stats);
    EXPECT_NEAR(*stats, contig_sum / contig_bases, 1e-4 * std::abs(contig_sum / contig_bases)) << name;
    free(stats);
    sum += contig_sum;
    bases += contig_bases;
  }
  EXPECT_EQ(static_cast<double>(file->hdr->nBasesCovered), bases);
  EXPECT_NEAR(file->hdr->sumData, sum, 1e-9 * std::abs(sum));
}

TEST(BigWigInterop, FilesFromElsewhereAreRead) {
  const TemporaryFolder folder;
  const std::string path = folder.path("theirs.bw");
  char chr1[] = "chr1", chr2[] = "chr2", chr3[] = "chr3";
  char* names[] = {chr1, chr2, chr3};
  std::uint32_t lengths[] = {100000, 50000, 40000};
  {
    const File file = open_there(path, "w");
    ASSERT_TRUE(file);
    ASSERT_EQ(bwCreateHdr(file.get(), 5), 0);
    file->cl = bwCreateChromList(names, lengths, 3);
    ASSERT_TRUE(file->cl);
    ASSERT_EQ(bwWriteHdr(file.get()), 0);
    char* of_intervals[] = {chr1, chr1};
    std::uint32_t starts[] = {10, 20}, ends[] = {15, 30};
    float values[] = {1, 2, 3};
    ASSERT_EQ(bwAddIntervals(file.get(), of_intervals, starts, ends, values, 2), 0);
    ASSERT_EQ(bwAddIntervalSpans(file.get(), chr2, starts, 4, values, 2), 0);
    ASSERT_EQ(bwAddIntervalSpanSteps(file.get(), chr3, 100, 5, 25, values, 3), 0);
  }
  const auto track = open_bigwig(path);
  using Runs = std::vector<SignalRun>;
  EXPECT_EQ(track->contigs().lengths, (std::vector<std::int64_t>{100000, 50000, 40000}));
  EXPECT_EQ(runs_of(*track, "chr1"), (Runs{{10, 15, 1}, {20, 30, 2}}));
  EXPECT_EQ(runs_of(*track, "chr2"), (Runs{{10, 14, 1}, {20, 24, 2}}));
  EXPECT_EQ(runs_of(*track, "chr3"), (Runs{{100, 105, 1}, {125, 130, 2}, {150, 155, 3}}));
}

}  // namespace
}  // namespace genocuda
