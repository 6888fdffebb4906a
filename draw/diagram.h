// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Graphs of boxes and arrows, as pictures.
namespace genocuda {

/// What a line of text is about, which decides its look.
enum class Tone { title, plain, derivative };

struct DiagramLine {
  std::string text;
  Tone tone = Tone::plain;
};

enum class BoxKind { input, operation, result };

struct BoxColours {
  std::string_view fill, line;
};
BoxColours colours_of(BoxKind kind);

struct DiagramBox {
  BoxKind kind = BoxKind::operation;
  std::vector<DiagramLine> lines;
};

/// From a box to a later one: `from` < `to`.
struct DiagramArrow {
  int from = 0, to = 0;
  std::string label = {};  ///< beside the arrow
};

struct Diagram {
  std::string title;
  std::vector<DiagramBox> boxes;
  std::vector<DiagramArrow> arrows;
  bool upwards = false;  ///< arrows run from the bottom up, as computational graphs are drawn
};

/// As SVG, laid out in layers (draw/layered_layout.h).
std::string diagram_svg(const Diagram& diagram);
/// As DOT, for Graphviz to lay out.
std::string diagram_dot(const Diagram& diagram);

}  // namespace genocuda
