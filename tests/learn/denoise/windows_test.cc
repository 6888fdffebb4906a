// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/windows.h"

#include <algorithm>
#include <set>

#include "genomics/regions.h"
#include "tests/learn/denoise/given_tracks.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

constexpr WindowShape kShape{.length = 25 * 30, .outputs = 10};

BinList bins_of(const std::vector<std::string>& places) { return {regions_on(*one_contig(100000), places), 25}; }

std::int64_t first_output(const Window& window) { return (window.start + (kShape.length - 10 * 25) / 2) / 25; }

BedInterval peak_at(std::int64_t summit) {
  BedInterval peak;
  peak.start = summit - 1;
  peak.end = summit + 1;
  peak.summit = summit;
  return peak;
}

TEST(BinList, HoldsWholeBinsOfRegions) {
  const BinList bins = bins_of({"chr1:10-100", "chr1:105-149", "chr1:200-250"});
  ASSERT_EQ(bins.runs().size(), 2u) << "no whole bin lies in the second";
  EXPECT_EQ(bins.runs()[0].first, 1);
  EXPECT_EQ(bins.runs()[0].count, 3);
  EXPECT_EQ(bins.runs()[1].first, 8);
  EXPECT_EQ(bins.runs()[1].number, 3);
  EXPECT_EQ(bins.size(), 5);
  const auto tracks = given_tracks({{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 7}}, {.bin = 25});
  EXPECT_EQ(bins.values(*tracks, 0), (std::vector<float>{1, 2, 3, 8, 9}));
  EXPECT_EQ(bins.values(*tracks, 1), (std::vector<float>{0, 0, 0, 0, 7}));
  expect_error(
      ErrorKind::internal, [&] { bins.values(*given_tracks({{1}}, {.bin = 50}), 0); }, "bins of 25");
}

TEST(DrawWindows, LieInTheirRunsAndReachAllPlaces) {
  const BinList bins = bins_of({"chr1:1000-1375", "chr1:2000-2225", "chr1:5000-5250"});  // 15, 9 and 10 bins
  std::set<std::int64_t> places;
  for (const Window& window : draw_windows(bins, kShape, {}, {.count = 500, .seed = 3})) {
    places.insert(first_output(window));
  }
  EXPECT_EQ(places, (std::set<std::int64_t>{40, 41, 42, 43, 44, 45, 200}));
  expect_error(
      ErrorKind::invalid_argument, [&] { draw_windows(bins_of({"chr1:2000-2225"}), kShape, {}, {.count = 1}); },
      "10 bins of 25 bases");
}

TEST(DrawWindows, PutPeaksIntoTheMiddleOfTheirShare) {
  const BinList bins = bins_of({"chr1:1000-3000", "chr1:50000-60000"});
  // In the middle of a run, near its end, and outside.
  const std::vector<BedInterval> peaks{peak_at(55010), peak_at(1030), peak_at(4000)};
  const WindowDraw draw{.count = 400, .peak_share = .75, .seed = 5};
  const std::vector<Window> windows = draw_windows(bins, kShape, peaks, draw);
  ASSERT_EQ(windows.size(), 400u);
  const auto at = [&](std::int64_t first) {
    return std::count_if(windows.begin(), windows.begin() + 300,
                         [&](const Window& window) { return first_output(window) == first; });
  };
  EXPECT_EQ(at(2200 - 5) + at(40), 300);
  EXPECT_GT(at(40), 100);
  EXPECT_GT(at(2195), 100);
  EXPECT_EQ(windows, draw_windows(bins, kShape, peaks, draw));
  EXPECT_NE(windows, draw_windows(bins, kShape, peaks, {.count = 400, .peak_share = .75, .seed = 6}));
  // Without a peak inside all are drawn from everywhere.
  const std::vector<Window> uniform = draw_windows(bins, kShape, std::span(peaks).subspan(2), draw);
  std::set<std::int64_t> places;
  for (const Window& window : uniform) places.insert(first_output(window));
  EXPECT_GT(places.size(), 150u);
}

TEST(TileWindows, PredictEachBinOnce) {
  const BinList bins = bins_of({"chr1:1000-1625", "chr1:2000-2225", "chr1:5000-5500"});  // 25, 9 and 20 bins
  std::vector<int> times(static_cast<std::size_t>(bins.size()));
  for (const Tile& each : tile(bins, kShape)) {
    for (std::int64_t i = 0; i < each.count; ++i) ++times[static_cast<std::size_t>(each.number + i)];
  }
  EXPECT_EQ(times, std::vector<int>(54, 1));
  std::vector<std::int64_t> places;
  for (const Window& window : tile_inside(bins, kShape)) places.push_back(first_output(window));
  EXPECT_EQ(places, (std::vector<std::int64_t>{40, 50, 200, 210}));
}

}  // namespace
}  // namespace genocuda
