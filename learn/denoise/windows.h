// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genomics/bed.h"
#include "genomics/examples.h"
#include "learn/denoise/bins.h"

namespace genocuda {

/// What a net reads, and the part in its middle that it predicts.
struct WindowShape {
  std::int64_t length = 0;   ///< bases
  std::int64_t outputs = 0;  ///< bins
};

struct WindowDraw {
  std::int64_t count = 0;
  double peak_share = 0.5;  ///< of the windows, those whose middle is a peak's summit, or as near as its run allows
  std::uint64_t seed = 1;
};

/// Draws windows whose outputs lie in the bins, all alike likely; those of peaks likewise among the peaks with their
/// summit in them. Without such peaks all windows are of the first kind. What a window reads beyond its outputs may lie
/// anywhere. Error (invalid_argument) where no run of bins is as long as the outputs.
std::vector<Window> draw_windows(const BinList& bins, const WindowShape& shape, std::span<const BedInterval> peaks,
                                 const WindowDraw& draw);

/// A window, and the bins of a list that it predicts: its first outputs.
struct Tile {
  Window window;
  std::int64_t number = 0, count = 0;
};

/// Windows side by side, which predict each bin once. The last of a run reaches past its end.
std::vector<Tile> tile(const BinList& bins, const WindowShape& shape);
/// The same without windows that reach past the end of a run: no bin outside counts.
std::vector<Window> tile_inside(const BinList& bins, const WindowShape& shape);

}  // namespace genocuda
