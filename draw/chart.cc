// SPDX-License-Identifier: Apache-2.0
#include "draw/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "draw/svg.h"

namespace genocuda {
namespace {

constexpr double kWidth = 420, kHeight = 260;            // of the field of a chart that stands alone
constexpr double kSmallWidth = 190, kSmallHeight = 130;  // of one among several
constexpr double kLeft = 52, kRight = 16, kTop = 30, kBottom = 42, kLegendHeight = 26;

/// Okabe and Ito's palette, which people with colour-blindness can tell apart.
constexpr std::array<std::string_view, 6> kColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};

std::string_view colour_of(std::size_t series) { return kColours[series % kColours.size()]; }
std::string_view dashes_of(const ChartSeries& series) { return series.dashed ? " stroke-dasharray=\"5 3\"" : ""; }

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void take(double number) {
    if (!std::isfinite(number)) return;
    low = std::min(low, number);
    high = std::max(high, number);
  }
};

/// The field of a chart: numbers to pixels.
class Field {
 public:
  Field(const Chart& chart, double left, double top, double width, double height)
      : chart_(chart), left_(left), top_(top), width_(width), height_(height) {
    Range x, y;
    for (const ChartSeries& series : chart.series) {
      for (const double each : series.x) x.take(each);
      for (const double each : series.y) y.take(each);
    }
    for (const ChartMark& mark : chart.marks) x.take(mark.x);
    x_ticks_ = axis_ticks(x.low, x.high, width > kSmallWidth ? 8 : 4, chart.whole_x);
    y_ticks_ = axis_ticks(y.low, y.high, height > kSmallHeight ? 6 : 4);
  }

  std::string draw() const { return axes() + marks() + curves(); }

 private:
  double x_of(double number) const {
    return left_ + width_ * (number - x_ticks_.front()) / (x_ticks_.back() - x_ticks_.front());
  }
  double y_of(double number) const {
    return top_ + height_ * (1 - (number - y_ticks_.front()) / (y_ticks_.back() - y_ticks_.front()));
  }

  static std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
    return fmt::format("<path d=\"M{} {}L{} {}\" {}/>\n", pixels(x1), pixels(y1), pixels(x2), pixels(y2), attributes);
  }

  std::string axes() const {
    constexpr std::string_view kGrid = "stroke=\"#e4e4e4\"", kZero = "stroke=\"#999999\"";
    std::string svg = svg_text(left_ + width_ / 2, top_ - 10, "middle", chart_.title, " font-weight=\"bold\"");
    for (const double tick : x_ticks_) {
      const bool zero = tick == 0 && tick != x_ticks_.front();
      svg += line(x_of(tick), top_, x_of(tick), top_ + height_, zero ? kZero : kGrid);
      svg += svg_text(x_of(tick), top_ + height_ + 15, "middle", fmt::format("{:.6g}", tick), " font-size=\"11\"");
    }
    for (const double tick : y_ticks_) {
      const bool zero = tick == 0 && tick != y_ticks_.front();
      svg += line(left_, y_of(tick), left_ + width_, y_of(tick), zero ? kZero : kGrid);
      svg += svg_text(left_ - 6, y_of(tick) + 4, "end", fmt::format("{:.6g}", tick), " font-size=\"11\"");
    }
    svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#444444\"/>\n",
                       pixels(left_), pixels(top_), pixels(width_), pixels(height_));
    return svg + svg_text(left_ + width_ / 2, top_ + height_ + 33, "middle", chart_.x_label);
  }

  std::string marks() const {
    std::string svg;
    for (std::size_t i = 0; i < chart_.marks.size(); ++i) {
      const double x = x_of(chart_.marks[i].x), room = left_ + width_ - x;
      const bool before = text_width(chart_.marks[i].label, 11) + 8 > room;
      svg += line(x, top_, x, top_ + height_, "stroke=\"#444444\" stroke-dasharray=\"2 3\"");
      svg += svg_text(x + (before ? -5 : 5), top_ + 15 + 16 * static_cast<double>(i), before ? "end" : "start",
                      chart_.marks[i].label, " font-size=\"11\" fill=\"#444444\"");
    }
    return svg;
  }

  std::string curves() const {
    std::string svg;
    for (std::size_t s = 0; s < chart_.series.size(); ++s) {
      const ChartSeries& series = chart_.series[s];
      std::string path;
      bool pen_down = false;
      for (std::size_t i = 0; i < series.x.size(); ++i) {
        const bool finite = std::isfinite(series.x[i]) && std::isfinite(series.y[i]);
        if (finite)
          path += fmt::format("{}{} {}", pen_down ? 'L' : 'M', pixels(x_of(series.x[i])), pixels(y_of(series.y[i])));
        pen_down = finite;
      }
      svg +=
          fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\"{}/>\n",
                      path, colour_of(s), dashes_of(series));
    }
    return svg;
  }

  const Chart& chart_;
  double left_, top_, width_, height_;
  std::vector<double> x_ticks_, y_ticks_;
};

std::string legend(const Chart& chart, double left, double y) {
  std::string svg;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    svg += fmt::format("<path d=\"M{} {}h24\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", pixels(left), pixels(y - 4),
                       colour_of(s), dashes_of(chart.series[s]));
    svg += svg_text(left + 30, y, "start", chart.series[s].name);
    left += 30 + text_width(chart.series[s].name) + 24;
  }
  return svg;
}

}  // namespace

std::vector<double> axis_ticks(double low, double high, int count, bool whole) {
  if (low == high) {
    low -= whole ? 1 : 0.5;
    high += whole ? 1 : 0.5;
  }
  const double raw = (high - low) / count, magnitude = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * magnitude;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * magnitude >= raw * (1 - 1e-9)) step = factor * magnitude;
  }
  if (whole) step = std::max(1.0, std::round(step));
  std::vector<double> ticks;
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string chart_svg(std::span<const Chart> charts, int columns) {
  const bool alone = charts.size() == 1;
  const double width = alone ? kWidth : kSmallWidth, height = alone ? kHeight : kSmallHeight;
  const double cell_width = kLeft + width + kRight, cell_height = kTop + height + kBottom;
  const int rows = (static_cast<int>(charts.size()) + columns - 1) / columns;
  std::string svg = svg_begin(cell_width * columns, kLegendHeight + cell_height * rows);
  svg += legend(charts.front(), kLeft, kLegendHeight - 8);
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const double left = cell_width * static_cast<double>(static_cast<int>(i) % columns);
    const double top = kLegendHeight + cell_height * static_cast<double>(static_cast<int>(i) / columns);
    svg += Field(charts[i], left + kLeft, top + kTop, width, height).draw();
  }
  return svg + "</svg>\n";
}

}  // namespace genocuda
