// SPDX-License-Identifier: Apache-2.0
#include "genomics/tracks.h"

#include <cmath>
#include <limits>

#include "genomics/bedgraph.h"
#include "genomics/bigwig.h"
#include "tests/genomics/signals.h"

namespace genocuda {
namespace {

using Values = std::vector<float>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Genome two_contigs() {
  Genome genome("genome.fa");
  genome.add("chr1", PackedSequence(std::string(10, 'A')));
  genome.add("chr2", PackedSequence(std::string(7, 'C')));
  return genome;
}

TrackSource source_of(const std::string& name, std::string_view bedgraph, const std::string& other = "") {
  LineReader lines = lines_of(bedgraph);
  return {name, read_bedgraph(lines), other};
}

// One channel that counts 0, 1, 2, ... along chr1 and 20, 21, ... along chr2.
TrackSource counting(const std::string& name = "count", float step = 1, const std::string& other = "") {
  std::string text;
  for (int i = 0; i < 10; ++i) text += fmt::format("chr1\t{}\t{}\t{}\n", i, i + 1, step * static_cast<float>(i));
  for (int i = 0; i < 7; ++i) text += fmt::format("2\t{}\t{}\t{}\n", i, i + 1, 20 + step * static_cast<float>(i));
  return source_of(name, text, other);
}

Tracks tracks_of(const std::vector<TrackSource>& sources, const TrackOptions& options = {}) {
  return Tracks(two_contigs(), sources, options);
}

Values packed(const Tracks& tracks, const std::vector<Window>& windows, std::int64_t length) {
  Values out(windows.size() * static_cast<std::size_t>(tracks.positions_of(length) * tracks.channels()), -99.f);
  pack_tracks(tracks, windows, length, out.data());
  return out;
}

TEST(Tracks, PacksWindowsOnBothStrandsAndOverTheEnds) {
  const Tracks tracks = tracks_of({counting()});
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 2}, {1, Strand::reverse, 1}}, 3), (Values{2, 3, 4, 23, 22, 21}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, -2}}, 4), (Values{0, 0, 0, 1}));
  EXPECT_EQ(packed(tracks, {{0, Strand::reverse, -2}}, 4), (Values{1, 0, 0, 0}));
  EXPECT_EQ(packed(tracks, {{1, Strand::forward, 5}}, 4), (Values{25, 26, 0, 0}));
  EXPECT_EQ(packed(tracks, {{1, Strand::reverse, 5}}, 4), (Values{0, 0, 26, 25}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 100}, {0, Strand::reverse, -100}}, 2), (Values{0, 0, 0, 0}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, -5}}, 20), ([] {
              Values all(20, 0.f);
              for (int i = 0; i < 10; ++i) all[static_cast<std::size_t>(5 + i)] = static_cast<float>(i);
              return all;
            }()));
}

TEST(Tracks, IsTheSequencesOrder) {
  // Where the sequence of a window is reversed, so are its tracks.
  Genome genome("g");
  genome.add("chr1", PackedSequence("AACGTTGCAC"));
  std::string text;
  for (std::int64_t i = 0; i < 10; ++i) {
    text += fmt::format("chr1\t{}\t{}\t{}\n", i, i + 1, int{genome.sequence(0).code(i)} + 1);
  }
  const TrackSource source = source_of("codes", text);
  const Tracks tracks(genome, {&source, 1}, {});
  for (const Strand strand : {Strand::forward, Strand::reverse}) {
    for (std::int64_t start = -3; start < 12; ++start) {
      const Window window{0, strand, start};
      const std::string letters = genome.sequence(0).letters(start, 5, strand);
      const Values values = packed(tracks, {window}, 5);
      for (std::size_t i = 0; i < 5; ++i) {
        const std::size_t code = std::string("ACGT").find(letters[i]);
        const float expected = code == std::string::npos   ? 0
                               : strand == Strand::forward ? static_cast<float>(code) + 1
                                                           : static_cast<float>(3 - code) + 1;
        EXPECT_EQ(values[i], expected) << letters << " at " << i;
      }
    }
  }
}

TEST(Tracks, ChangesStrandsWithTheWindow) {
  const Tracks tracks = tracks_of({counting("x.plus", 1, "x.minus"), counting("x.minus", -1, "x.plus"), counting("y")});
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 3}}, 2), (Values{3, -3, 3, 4, -4, 4}));
  EXPECT_EQ(packed(tracks, {{0, Strand::reverse, 3}}, 2), (Values{-4, 4, 4, -3, 3, 3}));
}

TEST(Tracks, HoldsMeansOfBins) {
  const Tracks tracks = tracks_of({counting()}, {.bin = 4});
  EXPECT_EQ(tracks.positions(0), 3);
  EXPECT_EQ(tracks.offset(1), 3);
  EXPECT_EQ(Values(tracks.values().begin(), tracks.values().end()), (Values{1.5f, 5.5f, 8.5f, 21.5f, 25}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 0}, {0, Strand::reverse, 4}}, 8), (Values{1.5f, 5.5f, 8.5f, 5.5f}));
  // A window that starts within a bin: the middles of its own bins are 3 and 7, 4 and 8, and -3 and 1.
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 1}}, 8), (Values{1.5f, 5.5f}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, 2}}, 8), (Values{5.5f, 8.5f}));
  EXPECT_EQ(packed(tracks, {{0, Strand::forward, -5}}, 8), (Values{0, 1.5f}));
}

TEST(Tracks, TellsMissingValuesFromZerosWhereAsked) {
  const Tracks tracks = tracks_of({source_of("x", "chr1\t1\t2\t6\nchr1\t2\t3\t0\n")}, {.bin = 2, .missing = kNan});
  const Values values = packed(tracks, {{0, Strand::forward, -2}}, 8);
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], 6);  // of one base
  EXPECT_EQ(values[2], 0);
  EXPECT_TRUE(std::isnan(values[3]));
  EXPECT_EQ(packed(tracks_of({source_of("x", "chr1\t1\t2\t6\n")}, {.bin = 2}), {{0, Strand::forward, 0}}, 2),
            Values{3});
}

TEST(Tracks, LabelsTheMiddlesOfWindows) {
  const Tracks tracks = tracks_of({counting("a"), counting("b", 2)});
  Examples examples;
  examples.genome = std::make_shared<const Genome>(two_contigs());
  examples.length = 6;
  examples.windows = {{0, Strand::forward, 1}, {1, Strand::reverse, 1}, {0, Strand::forward, 8}};
  label_by_tracks(examples, tracks, 2);
  EXPECT_EQ(examples.tasks, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(examples.labels.rows(), 3);
  EXPECT_EQ(examples.labels.get(0, 0), 3.5f);
  EXPECT_EQ(examples.labels.get(0, 1), 7);
  EXPECT_EQ(examples.labels.get(1, 0), 23.5f);
  EXPECT_EQ(examples.labels.get(2, 0), 0) << "beyond the end";
  expect_error(
      ErrorKind::invalid_argument, [&] { label_by_tracks(examples, tracks, 7); }, "7", "6");
}

TEST(Tracks, OpensSignalsByNameAndPairsTheirStrands) {
  const TemporaryFolder folder;
  for (const char* name : {"s.plus.bedgraph", "s.minus.bedgraph"}) folder.write(name, "chr1\t0\t1\t2\n");
  StringSink bigwig;
  write_bigwig(random_track(1, 1, 3), bigwig);
  folder.write("t.bw", bigwig.text);
  const std::vector<std::string> files{folder.path("s.plus.bedgraph"), folder.path("s.minus.bedgraph"),
                                       "u=" + folder.path("t.bw"), folder.path("t.bw")};
  const std::vector<TrackSource> sources = open_signals(files);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[0].name, "s.plus");
  EXPECT_EQ(sources[0].other_strand, "s.minus");
  EXPECT_EQ(sources[1].other_strand, "s.plus");
  EXPECT_EQ(sources[2].name, "u");
  EXPECT_EQ(sources[3].name, "t");
  EXPECT_EQ(sources[3].other_strand, "");
  const std::vector<std::string> twice{files[0], files[0]};
  expect_error(
      ErrorKind::invalid_argument, [&] { open_signals(twice); }, "second channel named 's.plus'", "NAME=");
}

TEST(Tracks, TakesTheLogarithmOfWhatHasOne) {
  const TrackSource low = source_of("low", "chr1\t0\t2\t-0.5\nchr1\t2\t4\t3\nchr2\t3\t4\t-1.5\n");
  const Tracks tracks = tracks_of({low}, {.bin = 2, .transform = TrackTransform::log1p});
  EXPECT_FLOAT_EQ(tracks.values()[0], std::log1p(-0.5f));
  EXPECT_FLOAT_EQ(tracks.values()[1], std::log1p(3.f));
  EXPECT_FLOAT_EQ(tracks.values()[6], std::log1p(-0.75f)) << "of the mean of -1.5 and 0";
  EXPECT_EQ(tracks.lowest(), tracks.values()[6]);
  expect_error(
      ErrorKind::input_file, [&] { tracks_of({low}, {.transform = TrackTransform::log1p}); }, "test", "-1.5", "chr2:3",
      "asinh");
  EXPECT_FLOAT_EQ(tracks_of({low}, {.transform = TrackTransform::asinh}).lowest(), std::asinh(-1.5f));
}

TEST(Tracks, SaysWhatDoesNotFitTheGenome) {
  const auto error = ErrorKind::input_file, invalid = ErrorKind::invalid_argument;
  expect_error(
      error, [] { tracks_of({source_of("x", "chr1\t0\t11\t1\n")}); }, "test", "'chr1'", "11", "10", "genome.fa");
  expect_error(
      error, [] { tracks_of({source_of("x", "chr7\t0\t1\t1\n")}); }, "none of its contigs", "chr7", "chr1, chr2");
  ContigSizes sizes{"short.bw", {}, {}};
  sizes.add("chr1", 9);
  const auto given = std::make_shared<GivenTrack>(sizes);
  expect_error(
      error,
      [&] {
        tracks_of({{"x", given}});
      },
      "short.bw", "'chr1'", "9", "10");
  expect_error(
      invalid, [] { tracks_of({counting("x", 1, "y")}); }, "'x'", "'y'", "no channel");
  expect_error(
      invalid,
      [] {
        tracks_of({counting("x", 1, "y"), counting("y")});
      },
      "'x' has its other strand in 'y', which has it in 'y'");
  expect_error(
      invalid, [] { tracks_of({}); }, "no signal");
  expect_error(
      invalid,
      [] {
        tracks_of({counting("x"), counting("x")});
      },
      "two channels", "'x'");
  expect_error(
      invalid, [] { tracks_of({counting()}, {.bin = 0}); }, "at least 1");
  expect_error(
      invalid, [] { packed(tracks_of({counting()}, {.bin = 4}), {}, 6); }, "6", "4");
  Notices notices;
  const TrackSource source = source_of("x", "chr1\t0\t1\t1\nchr7\t0\t1\t1\n");
  const Tracks tracks(two_contigs(), {&source, 1}, {}, &notices);
  EXPECT_EQ(notices.lines(),
            (std::vector<std::string>{"contigs of test that genome.fa lacks: chr7", "contigs that test lacks: chr2"}));
}

}  // namespace
}  // namespace genocuda
