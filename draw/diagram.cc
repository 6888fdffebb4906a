// SPDX-License-Identifier: Apache-2.0
#include "draw/diagram.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "draw/layered_layout.h"
#include "draw/svg.h"

namespace genocuda {
namespace {

constexpr double kMargin = 20, kTitleHeight = 26, kLineHeight = 18, kPadding = 9;
constexpr double kTitleSize = 13, kTextSize = 12, kLabelSize = 11;
constexpr double kLeastBoxWidth = 76;
constexpr double kArrowLength = 8, kArrowWidth = 7;
constexpr double kTextDescent = 5;  // of a line, below the baseline

std::string_view attributes_of(Tone tone) {
  switch (tone) {
    case Tone::title:
      return " font-size=\"13\" font-weight=\"bold\" fill=\"#222222\"";
    case Tone::plain:
      return " fill=\"#222222\"";
    case Tone::derivative:
      return " fill=\"#b3261e\"";
  }
  return "";
}

BoxSize size_of(const DiagramBox& box) {
  double width = kLeastBoxWidth;
  for (const DiagramLine& line : box.lines) {
    const double size = line.tone == Tone::title ? kTitleSize : kTextSize;
    width = std::max(width, text_width(line.text, size) + 2 * kPadding);
  }
  return {std::ceil(width), kLineHeight * static_cast<double>(box.lines.size()) + kPadding};
}

std::string box_svg(const DiagramBox& box, const BoxSize& size, Point centre) {
  const BoxColours colours = colours_of(box.kind);
  const double left = centre.x - size.width / 2, top = centre.y - size.height / 2;
  std::string svg =
      fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"7\" fill=\"{}\" stroke=\"{}\"/>\n",
                  pixels(left), pixels(top), pixels(size.width), pixels(size.height), colours.fill, colours.line);
  double baseline = top + kPadding / 2 + kLineHeight - kTextDescent;
  for (const DiagramLine& line : box.lines) {
    svg += svg_text(centre.x, baseline, "middle", line.text, attributes_of(line.tone));
    baseline += kLineHeight;
  }
  return svg;
}

/// A curve that leaves and arrives upright through each pair of way points, with a head at its end.
std::string arrow_svg(const std::vector<Point>& way) {
  const double direction = way.back().y > way[way.size() - 2].y ? 1 : -1;
  std::string path = fmt::format("M{} {}", pixels(way[0].x), pixels(way[0].y));
  for (std::size_t i = 1; i < way.size(); ++i) {
    const bool last = i + 1 == way.size();
    const Point from = way[i - 1], to{way[i].x, way[i].y - (last ? direction * kArrowLength : 0)};
    const double middle = (from.y + to.y) / 2;
    path += fmt::format("C{} {} {} {} {} {}", pixels(from.x), pixels(middle), pixels(to.x), pixels(middle),
                        pixels(to.x), pixels(to.y));
  }
  const Point tip = way.back();
  const double back = tip.y - direction * kArrowLength;
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"#555555\" stroke-width=\"1.3\"/>\n"
      "<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"#555555\"/>\n",
      path, pixels(tip.x), pixels(tip.y), pixels(tip.x - kArrowWidth / 2), pixels(back),
      pixels(tip.x + kArrowWidth / 2), pixels(back));
}

/// The labels of arrows, on white, each on its arrow where no other one stands.
class Labels {
 public:
  std::string place(const std::string& label, const std::vector<Point>& way) {
    const Point from = way[way.size() - 2], to = way.back();
    const double width = text_width(label, kLabelSize) + 4;
    Point at = on_curve(from, to, 0.5);
    for (const double share : {0.5, 0.35, 0.65, 0.22, 0.78}) {
      const Point tried = on_curve(from, to, share);
      if (is_free(tried, width)) {
        at = tried;
        break;
      }
    }
    placed_.push_back({at, width});
    return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"white\" fill-opacity=\"0.9\"/>\n",
                       pixels(at.x - width / 2), pixels(at.y - kHeight / 2), pixels(width), pixels(kHeight)) +
           svg_text(at.x, at.y + 4, "middle", label, " font-size=\"11\" fill=\"#b3261e\"");
  }

 private:
  static constexpr double kHeight = 15;
  struct Placed {
    Point at;
    double width;
  };

  /// Of the curve that arrow_svg() draws.
  static Point on_curve(Point from, Point to, double t) {
    const double start = (1 - t) * (1 - t) * (1 + 2 * t);  // the first two weights of a Bézier curve
    const double inner = 3 * t * (1 - t);                  // the middle two, at half the height
    const double outer_y = (1 - t) * (1 - t) * (1 - t) * from.y + t * t * t * to.y;
    return {start * from.x + (1 - start) * to.x, outer_y + inner * (from.y + to.y) / 2};
  }

  bool is_free(Point at, double width) const {
    return std::ranges::none_of(placed_, [&](const Placed& other) {
      return std::abs(other.at.x - at.x) < (other.width + width) / 2 && std::abs(other.at.y - at.y) < kHeight;
    });
  }

  std::vector<Placed> placed_;
};

/// Wide enough for the labels of neighbouring arrows to stand side by side.
LayoutOptions spacing(const Diagram& diagram) {
  double widest = 0;
  for (const DiagramArrow& arrow : diagram.arrows) widest = std::max(widest, text_width(arrow.label, kLabelSize));
  return widest > 0 ? LayoutOptions{.column_gap = std::max(40.0, widest * 0.75), .layer_gap = 70}
                    : LayoutOptions{.column_gap = 30, .layer_gap = 30};
}

}  // namespace

BoxColours colours_of(BoxKind kind) {
  switch (kind) {
    case BoxKind::input:
      return {"#e8f1fa", "#4a7fb5"};
    case BoxKind::operation:
      return {"#f7f7f7", "#777777"};
    case BoxKind::result:
      return {"#fdf0dc", "#c98a1b"};
  }
  return {"white", "black"};
}

std::string diagram_svg(const Diagram& diagram) {
  std::vector<BoxSize> sizes;
  for (const DiagramBox& box : diagram.boxes) sizes.push_back(size_of(box));
  std::vector<LayoutEdge> edges;
  for (const DiagramArrow& arrow : diagram.arrows) edges.push_back({arrow.from, arrow.to});
  Layout layout = lay_out(sizes, edges, spacing(diagram));

  const double title_width = text_width(diagram.title, kTitleSize);
  const double width = std::max(layout.width, title_width) + 2 * kMargin;
  const double left = (width - layout.width) / 2, top = kMargin + kTitleHeight;
  const auto placed = [&](Point p) { return Point{left + p.x, top + (diagram.upwards ? layout.height - p.y : p.y)}; };
  for (Point& box : layout.boxes) box = placed(box);
  for (std::vector<Point>& way : layout.edges) std::ranges::transform(way, way.begin(), placed);

  std::string svg = svg_begin(width, top + layout.height + kMargin);
  svg += svg_text(width / 2, kMargin + 6, "middle", diagram.title, " font-size=\"13\" fill=\"#222222\"");
  for (const std::vector<Point>& way : layout.edges) svg += arrow_svg(way);
  for (std::size_t i = 0; i < diagram.boxes.size(); ++i) svg += box_svg(diagram.boxes[i], sizes[i], layout.boxes[i]);
  Labels labels;
  for (std::size_t i = 0; i < diagram.arrows.size(); ++i) {
    if (!diagram.arrows[i].label.empty()) svg += labels.place(diagram.arrows[i].label, layout.edges[i]);
  }
  return svg + "</svg>\n";
}

}  // namespace genocuda
