// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

/// Curves on axes, as SVG.
namespace genocuda {

struct ChartSeries {
  std::string name;  ///< for the legend; several charts of a picture use the same colours in the same order
  std::vector<double> x, y;
  bool dashed = false;
};

/// A vertical line with words beside it.
struct ChartMark {
  double x = 0;
  std::string label;
};

struct Chart {
  std::string title, x_label;
  std::vector<ChartSeries> series;
  std::vector<ChartMark> marks = {};
  bool whole_x = false;  ///< ticks at whole numbers alone: epochs, positions
};

/// Charts side by side, `columns` in a row, with one legend of the first chart's series. Points that are not finite
/// leave a gap in their curve. At least one chart, and in each a finite point.
std::string chart_svg(std::span<const Chart> charts, int columns = 1);

/// Round numbers that cover [low, high]: from at most `low` to at least `high`, about `count` of them.
std::vector<double> axis_ticks(double low, double high, int count, bool whole = false);

}  // namespace genocuda
