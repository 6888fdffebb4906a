// SPDX-License-Identifier: Apache-2.0
#include "genomics/regions.h"

#include "genomics/masked_signal.h"
#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

using Places = std::vector<std::string>;

Genome three_contigs() {
  Genome genome("genome.sizes");
  genome.add_unknown("chr1", 1000);
  genome.add_unknown("chr2", 500);
  genome.add_unknown("HLA-A*01:1-2", 50);
  return genome;
}

std::string text_of(const IntervalUnion& regions) {
  std::string text;
  for (std::int32_t contig = 0; contig < regions.contigs(); ++contig) {
    for (const IntervalUnion::Run& run : regions.runs(contig)) {
      text += fmt::format("{}{}:{}-{}", text.empty() ? "" : " ", contig, run.start, run.end);
    }
  }
  return text;
}

TEST(Regions, AreContigsBasesOfThemOrFiles) {
  const TemporaryFolder folder;
  const Genome genome = three_contigs();
  const std::string bed = folder.write("test.bed", "2\t10\t20\nchr2\t15\t40\n");
  EXPECT_EQ(text_of(regions_on(genome, Places{"chr2"})), "1:0-500");
  EXPECT_EQ(text_of(regions_on(genome, Places{"1:5-8", "chr1:8-10", bed})), "0:5-10 1:10-40");
  EXPECT_EQ(text_of(regions_on(genome, Places{"HLA-A*01:1-2"})), "2:0-50");
  EXPECT_EQ(text_of(regions_on(genome, Places{"HLA-A*01:1-2:3-4"})), "2:3-4");
  EXPECT_EQ(text_of(regions_on(genome, {})), "");
  EXPECT_EQ(text_of(whole(genome)), "0:0-1000 1:0-500 2:0-50");
}

TEST(Regions, NameWhatIsWrong) {
  const TemporaryFolder folder;
  const Genome genome = three_contigs();
  const auto refused = [&](const std::string& place, const std::string& part) {
    expect_error(
        ErrorKind::input_file, [&] { regions_on(genome, Places{place}); }, place, part);
  };
  refused("chr3", "is not in genome.sizes, which has chr1, chr2");
  refused("chr2:-5-10", "the 500 that chr2 has in genome.sizes");
  refused("chr2:10-10", "chr2 has in genome.sizes");
  refused("chr2:10-501", "500");
  refused("absent.bed", "no such file");
  refused("tests/absent", "no such file");
  refused(folder.write("past.bed", "chr2\t10\t501\n"), "line 1");
}

TEST(Regions, SubtractAndOverlap) {
  const Genome genome = three_contigs();
  const auto on = [&](const Places& places) { return regions_on(genome, places); };
  EXPECT_EQ(text_of(difference(whole(genome), on({"chr1:0-10", "chr1:900-1000", "chr2"}))), "0:10-900 2:0-50");
  EXPECT_EQ(text_of(difference(on({"chr1:5-50", "chr1:60-70"}), on({"chr1:10-20", "chr1:30-65", "chr1:68-69"}))),
            "0:5-10 0:20-30 0:65-68 0:69-70");
  EXPECT_EQ(text_of(difference(on({"chr1"}), on({"chr2"}))), "0:0-1000");
  EXPECT_EQ(first_overlap(genome, on({"chr1:0-10", "chr2:0-10"}), on({"chr1:10-20", "chr2:5-20"})), "chr2:5-10");
  EXPECT_EQ(first_overlap(genome, on({"chr1:0-10"}), on({"chr1:10-20"})), "");
}

// Base by base, whatever stretch is asked for.
TEST(MaskedSignal, LacksTheIntervalsAndTheirMargins) {
  const auto track = std::make_shared<GivenTrack>(random_track(3, 2, 200));
  philox::Generator random(4, 0);
  BedFile mask{"mask.bed", {"contig1", "contig0", "elsewhere"}, {}};
  for (int i = 0; i < 60; ++i) {
    BedInterval interval;
    interval.contig = static_cast<std::int32_t>(random.below(3));
    interval.start = random.below(1200);
    interval.end = interval.start + 1 + random.below(12);
    mask.intervals.push_back(interval);
  }
  const auto result = masked(track, mask, 3);
  EXPECT_EQ(result->contigs().lengths, track->contigs().lengths);
  for (std::int32_t contig = 0; contig < 2; ++contig) {
    const std::int64_t length = track->contigs().length(contig);
    std::vector<float> expected = values_of(*track, contig, 0, length, -99);
    for (const BedInterval& interval : mask.intervals) {
      if (mask.contigs[static_cast<std::size_t>(interval.contig)] != track->contigs().names[contig]) continue;
      for (std::int64_t at = std::max<std::int64_t>(interval.start - 3, 0); at < std::min(interval.end + 3, length);
           ++at) {
        expected[static_cast<std::size_t>(at)] = -99;
      }
    }
    EXPECT_EQ(values_of(*result, contig, 0, length, -99), expected);
    for (std::int64_t start = 0; start + 40 <= length; start += 17) {
      EXPECT_EQ(values_of(*result, contig, start, 40, -99),
                std::vector<float>(expected.begin() + start, expected.begin() + start + 40));
    }
  }
}

}  // namespace
}  // namespace genocuda
