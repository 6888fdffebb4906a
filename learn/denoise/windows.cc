// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/windows.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/philox.h"

namespace genocuda {
namespace {

// Of the streams of random numbers; everything random in a draw comes from its own.
constexpr std::uint64_t kUniformStream = 0x64656e6f, kPeakStream = 0x64656e70;

Window window_at(const BinList& bins, const WindowShape& shape, std::int32_t contig, std::int64_t first) {
  const std::int64_t read_before = (shape.length - shape.outputs * bins.bin()) / 2;
  return {contig, Strand::forward, first * bins.bin() - read_before};
}

/// The place of a number below those of all runs together.
std::int64_t draw_below(philox::Generator& random, std::int64_t bound) {
  return std::min(static_cast<std::int64_t>(random.uniform() * static_cast<double>(bound)), bound - 1);
}

/// Windows with a peak in the middle.
std::vector<Window> peak_windows(const BinList& bins, const WindowShape& shape, std::span<const BedInterval> peaks) {
  std::vector<Window> windows;
  for (const BedInterval& peak : peaks) {
    const std::int64_t summit = peak.point() / bins.bin();
    for (const BinList::Run& run : bins.runs()) {
      if (run.contig != peak.contig || summit < run.first || summit >= run.first + run.count) continue;
      const std::int64_t last = run.first + run.count - shape.outputs;
      if (last < run.first) continue;
      const std::int64_t first = std::clamp(summit - shape.outputs / 2, run.first, last);
      windows.push_back(window_at(bins, shape, run.contig, first));
    }
  }
  return windows;
}

}  // namespace

std::vector<Window> draw_windows(const BinList& bins, const WindowShape& shape, std::span<const BedInterval> peaks,
                                 const WindowDraw& draw) {
  std::vector<std::int64_t> ends;  // of the runs' places, counted through
  std::int64_t places = 0;
  for (const BinList::Run& run : bins.runs()) {
    places += std::max<std::int64_t>(run.count - shape.outputs + 1, 0);
    ends.push_back(places);
  }
  if (places == 0) {
    throw Error(ErrorKind::invalid_argument,
                "no region to train on is as long as the {} bins of {} bases that are predicted at once: give longer "
                "regions or fewer bins",
                shape.outputs, bins.bin());
  }
  const std::vector<Window> of_peaks = peak_windows(bins, shape, peaks);
  const std::int64_t from_peaks =
      of_peaks.empty() ? 0 : std::llround(draw.peak_share * static_cast<double>(draw.count));
  std::vector<Window> windows;
  philox::Generator random_peak(draw.seed, kPeakStream), random(draw.seed, kUniformStream);
  for (std::int64_t i = 0; i < from_peaks; ++i) {
    windows.push_back(
        of_peaks[static_cast<std::size_t>(draw_below(random_peak, static_cast<std::int64_t>(of_peaks.size())))]);
  }
  for (std::int64_t i = from_peaks; i < draw.count; ++i) {
    const std::int64_t place = draw_below(random, places);
    const auto run = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), place) - ends.begin());
    const BinList::Run& own = bins.runs()[run];
    const std::int64_t before = run == 0 ? 0 : ends[run - 1];
    windows.push_back(window_at(bins, shape, own.contig, own.first + place - before));
  }
  return windows;
}

std::vector<Tile> tile(const BinList& bins, const WindowShape& shape) {
  std::vector<Tile> tiles;
  for (const BinList::Run& run : bins.runs()) {
    for (std::int64_t at = 0; at < run.count; at += shape.outputs) {
      tiles.push_back({window_at(bins, shape, run.contig, run.first + at), run.number + at,
                       std::min(shape.outputs, run.count - at)});
    }
  }
  return tiles;
}

std::vector<Window> tile_inside(const BinList& bins, const WindowShape& shape) {
  std::vector<Window> windows;
  for (const Tile& each : tile(bins, shape)) {
    if (each.count == shape.outputs) windows.push_back(each.window);
  }
  return windows;
}

}  // namespace genocuda
