// SPDX-License-Identifier: Apache-2.0
#include "genomics/coverage.h"

#include <numeric>

#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

constexpr std::int64_t kLength = 40;

using Runs = std::vector<SignalRun>;

// Records as a test wants them, on contigs "a" and "b" of kLength bases.
class GivenReads final : public ReadSource {
 public:
  GivenReads(bool fragments, std::vector<MappedRecord> records)
      : ReadSource("given", {}), fragments_(fragments), records_(std::move(records)) {
    contigs_.add("a", kLength);
    contigs_.add("b", kLength);
  }
  const char* kind() const override { return fragments_ ? "fragments" : "reads"; }
  bool has_fragments() const override { return fragments_; }
  bool next(MappedRecord& record) override {
    if (next_ == records_.size()) return false;
    record = records_[next_++];
    return true;
  }
  std::string here() const override { return fmt::format("given record {}", next_); }

 private:
  bool fragments_;
  std::vector<MappedRecord> records_;
  std::size_t next_ = 0;
};

MappedRecord at(std::int64_t start, std::int64_t end, char strand = '.', std::int32_t contig = 0) {
  MappedRecord record;
  record.contig = contig;
  record.place = {start, end};
  record.strand = strand;
  record.identity = static_cast<std::uint64_t>(start * 1000 + end);
  return record;
}

struct Covered {
  CoverageCounts counts;
  Runs a, b;
};

Covered cover_all(bool fragments, std::vector<MappedRecord> records, const CoverageOptions& options) {
  const TemporaryFolder folder;
  GivenReads reads(fragments, std::move(records));
  SpooledTrack track(reads.contigs(), folder.path(""));
  Covered covered;
  covered.counts = cover(reads, options, track);
  covered.a = runs_of(track, "a");
  covered.b = runs_of(track, "b");
  return covered;
}

// Base by base, as coverage is defined.
std::vector<float> naive_depth(const std::vector<Stretch>& pieces) {
  std::vector<float> depth(kLength, 0.f);
  for (const Stretch& piece : pieces) {
    for (std::int64_t base = piece.start; base < piece.end; ++base) {
      if (base >= 0 && base < kLength) ++depth[static_cast<std::size_t>(base)];
    }
  }
  return depth;
}

TEST(Coverage, CountsWholeReadsAndTheirBlocks) {
  MappedRecord spliced = at(2, 20, '+');
  spliced.blocks = {{2, 5}, {15, 20}};
  const Covered covered = cover_all(false, {at(0, 4, '+'), spliced, at(3, 6, '.'), at(38, 40, '-', 1)}, {});
  EXPECT_EQ(covered.a, (Runs{{0, 2, 1}, {2, 3, 2}, {3, 4, 3}, {4, 5, 2}, {5, 6, 1}, {15, 20, 1}}));
  EXPECT_EQ(covered.b, (Runs{{38, 40, 1}}));
  EXPECT_EQ(covered.counts.records, 4);
  EXPECT_EQ(covered.counts.pieces, 4);
}

TEST(Coverage, CountsCutsOfReadsOnEitherStrand) {
  CoverageOptions options;
  options.piece = CoveragePiece::cuts;
  const std::vector<MappedRecord> reads{at(10, 20, '+'), at(10, 20, '-'), at(10, 20, '.')};
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{10, 11, 1}, {19, 20, 1}}));
  EXPECT_EQ(cover_all(false, reads, options).counts.of(Fate::other_strand), 1);
  options.strand = '-';
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{19, 20, 1}}));
  options.strand = '+';
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{10, 11, 1}}));
}

TEST(Coverage, GivesBothReadsOfACutOneBaseAfterTheShiftOfTn5) {
  // Tn5 cuts the strands nine bases apart: one fragment starts where the other has nine bases left.
  CoverageOptions options;
  options.piece = CoveragePiece::cuts;
  options.forward_shift = 4;
  options.reverse_shift = -4;
  EXPECT_EQ(cover_all(false, {at(10, 30, '+'), at(5, 19, '-')}, options).a, (Runs{{14, 15, 2}}));
  options.reverse_shift = -5;
  EXPECT_EQ(cover_all(false, {at(10, 30, '+'), at(5, 19, '-')}, options).a, (Runs{{13, 15, 1}}));
}

TEST(Coverage, CountsBothEndsOfFragments) {
  CoverageOptions options;
  options.piece = CoveragePiece::cuts;
  options.forward_shift = 4;
  options.reverse_shift = -4;
  const Covered both = cover_all(true, {at(10, 30), at(38, 40)}, options);
  EXPECT_EQ(both.a, (Runs{{14, 15, 1}, {25, 26, 1}, {35, 36, 1}}));  // 42 lies outside
  EXPECT_EQ(both.counts.pieces, 3);
  options.strand = '-';
  EXPECT_EQ(cover_all(true, {at(10, 30)}, options).a, (Runs{{25, 26, 1}}));
}

TEST(Coverage, ExtendsReadsFromTheirStart) {
  CoverageOptions options;
  options.extension = 8;
  EXPECT_EQ(cover_all(false, {at(5, 7, '+')}, options).a, (Runs{{5, 13, 1}}));
  EXPECT_EQ(cover_all(false, {at(5, 7, '-')}, options).a, (Runs{{0, 7, 1}}));
  EXPECT_EQ(cover_all(false, {at(36, 39, '+')}, options).a, (Runs{{36, 40, 1}}));
  EXPECT_EQ(cover_all(false, {at(5, 25, '-')}, options).a, (Runs{{17, 25, 1}}));
  options.forward_shift = 2;
  EXPECT_EQ(cover_all(false, {at(5, 7, '+')}, options).a, (Runs{{7, 15, 1}}));
}

TEST(Coverage, MovesOnlyTheFirstBaseOfAReadByAShift) {
  CoverageOptions options;
  options.forward_shift = 4;
  options.reverse_shift = -4;
  EXPECT_EQ(cover_all(false, {at(5, 15, '+')}, options).a, (Runs{{9, 15, 1}}));
  EXPECT_EQ(cover_all(false, {at(5, 15, '-')}, options).a, (Runs{{5, 11, 1}}));
  EXPECT_EQ(cover_all(false, {at(5, 8, '+')}, options).counts.of(Fate::outside), 1);
  MappedRecord spliced = at(5, 30, '+');
  spliced.blocks = {{5, 7}, {20, 30}};
  EXPECT_EQ(cover_all(false, {spliced}, options).a, (Runs{{20, 30, 1}}));
  options.forward_shift = -3;
  EXPECT_EQ(cover_all(false, {spliced}, options).a, (Runs{{2, 7, 1}, {20, 30, 1}}));
  options.piece = CoveragePiece::fragments;
  EXPECT_EQ(cover_all(true, {at(10, 30)}, options).a, (Runs{{7, 26, 1}}));
}

TEST(Coverage, LeavesOutFragmentsByLengthAndStrand) {
  CoverageOptions options;
  options.piece = CoveragePiece::fragments;
  options.min_fragment = 5;
  options.max_fragment = 10;
  const Covered covered = cover_all(true, {at(0, 4), at(0, 5), at(20, 30), at(20, 31)}, options);
  EXPECT_EQ(covered.a, (Runs{{0, 5, 1}, {20, 30, 1}}));
  EXPECT_EQ(covered.counts.of(Fate::other_length), 2);
  options.strand = '-';
  EXPECT_EQ(cover_all(true, {at(0, 6, '+'), at(10, 16, '-'), at(20, 26)}, options).a, (Runs{{10, 16, 1}}));
}

TEST(Coverage, LeavesOutWhatTouchesTheBlacklist) {
  BedInterval listed;
  listed.start = 10;
  listed.end = 12;
  const IntervalUnion blacklist({&listed, 1}, 2);
  CoverageOptions options;
  options.blacklist = &blacklist;
  const Covered reads =
      cover_all(false, {at(5, 10, '+'), at(5, 11, '+'), at(12, 14, '+'), at(10, 12, '+', 1)}, options);
  EXPECT_EQ(reads.a, (Runs{{5, 10, 1}, {12, 14, 1}}));
  EXPECT_EQ(reads.b, (Runs{{10, 12, 1}}));
  EXPECT_EQ(reads.counts.of(Fate::blacklisted), 1);
  options.piece = CoveragePiece::cuts;
  const Covered cuts = cover_all(true, {at(5, 12), at(10, 12)}, options);
  EXPECT_EQ(cuts.a, (Runs{{5, 6, 1}}));  // of the first fragment one end is left
  EXPECT_EQ(cuts.counts.of(Fate::blacklisted), 1);
}

TEST(Coverage, BinsSumsAndMeans) {
  CoverageOptions options;
  options.bin = 15;  // the last one holds 10 bases
  const std::vector<MappedRecord> reads{at(10, 20, '+'), at(12, 14, '+'), at(30, 40, '-')};
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{0, 15, 7.f / 15}, {15, 30, 5.f / 15}, {30, 40, 1}}));
  options.bin_value = BinValue::sum;
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{0, 15, 7}, {15, 30, 5}, {30, 40, 10}}));
  options.bin = 100;
  EXPECT_EQ(cover_all(false, reads, options).a, (Runs{{0, 40, 22}}));
}

TEST(Coverage, IsThatOfEveryBaseOnRandomReads) {
  philox::Generator random(5, 0);
  std::vector<MappedRecord> records;
  std::vector<Stretch> reads, cuts, extended;
  for (int i = 0; i < 500; ++i) {
    const std::int64_t start = random.below(35), end = start + 1 + random.below(5);
    const bool forward = random.below(2) == 0;
    records.push_back(at(start, end, forward ? '+' : '-'));
    reads.push_back({start, end});
    cuts.push_back(forward ? Stretch{start + 3, start + 4} : Stretch{end - 6, end - 5});
    extended.push_back(forward ? Stretch{start, start + 7} : Stretch{end - 7, end});
  }
  const auto depth = [&](const CoverageOptions& options) {
    const TemporaryFolder folder;
    GivenReads source(false, records);
    SpooledTrack track(source.contigs(), folder.path(""));
    cover(source, options, track);
    return values_of(track, 0, 0, kLength);
  };
  CoverageOptions options;
  EXPECT_EQ(depth(options), naive_depth(reads));
  options.extension = 7;
  EXPECT_EQ(depth(options), naive_depth(extended));
  options.extension = 0;
  options.piece = CoveragePiece::cuts;
  options.forward_shift = 3;
  options.reverse_shift = -5;
  EXPECT_EQ(depth(options), naive_depth(cuts));
}

TEST(Coverage, DrawsASharePairsTogether) {
  std::vector<MappedRecord> records;  // pairs with one read on either contig
  for (int i = 0; i < 20000; ++i) {
    const std::int32_t contig = i / 10000;
    const std::int64_t start = i % 10000 % 35;
    records.push_back(at(start, start + 5, '+', contig));
    records.back().identity = static_cast<std::uint64_t>(i % 10000);
  }
  CoverageOptions options;
  options.share = 0.25;
  const Covered covered = cover_all(false, records, options);
  const CoverageCounts& counts = covered.counts;
  EXPECT_NEAR(static_cast<double>(counts.pieces), 5000, 350);  // 4 standard deviations of 10000 pairs
  EXPECT_EQ(covered.a, covered.b);
  EXPECT_EQ(counts.pieces + counts.of(Fate::not_drawn), 20000);
  EXPECT_EQ(cover_all(false, records, options).a, covered.a);
  options.seed = 1;
  EXPECT_NE(cover_all(false, records, options).counts.pieces, counts.pieces);
}

TEST(Coverage, SaysWhatCannotBe) {
  const auto invalid = ErrorKind::invalid_argument;
  const auto covering = [](bool fragments, CoverageOptions options, std::vector<MappedRecord> records = {}) {
    return [=] { cover_all(fragments, records, options); };
  };
  CoverageOptions fragments, extended_cuts, share, lengths;
  fragments.piece = CoveragePiece::fragments;
  extended_cuts.piece = CoveragePiece::cuts;
  extended_cuts.extension = 10;
  share.share = 0;
  lengths.min_fragment = 5;
  lengths.max_fragment = 4;
  expect_error(invalid, covering(false, fragments), "given has reads", "count reads");
  expect_error(invalid, covering(true, {}), "given has fragments", "count fragments");
  expect_error(invalid, covering(false, extended_cuts), "extended");
  expect_error(invalid, covering(false, share), "share");
  expect_error(invalid, covering(false, lengths), "shortest");
  expect_error(ErrorKind::input_file, covering(false, {}, {at(1, 2, '+'), at(1, 2, '+', 1), at(3, 4, '+')}),
               "given record 3", "'a' comes back", "sort");
}

TEST(SpooledTrack, GivesBackAnyPartInAnyOrder) {
  const TemporaryFolder folder;
  const GivenTrack track = random_track(9, 4, 9000);
  SpooledTrack spooled(track.contigs(), folder.path(""));
  for (const std::int32_t contig : {2, 0, 3}) {
    const auto& runs = track.runs[static_cast<std::size_t>(contig)];
    spooled.append(contig, std::span(runs).first(5000));
    spooled.append(contig, std::span(runs).subspan(5000));
  }
  for (const std::int32_t contig : {0, 2, 3}) {
    EXPECT_TRUE(runs_of(spooled, track.contigs().names[contig]) == track.runs[static_cast<std::size_t>(contig)]);
    philox::Generator random(10, static_cast<std::uint64_t>(contig));
    for (int i = 0; i < 50; ++i) {
      const std::int64_t start = random.below(60000);
      ASSERT_EQ(values_of(spooled, contig, start, 200), values_of(track, contig, start, 200));
    }
  }
  EXPECT_TRUE(runs_of(spooled, 1, 0, 1000).empty());
  spooled.set_scale(0.5);
  EXPECT_EQ(runs_of(spooled, 0, 0, 100)[0].value, track.runs[0][0].value / 2);
}

}  // namespace
}  // namespace genocuda
