// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "draw/diagram.h"

namespace genocuda {
namespace {

/// In quotes, as DOT has strings.
std::string dot_string(std::string_view raw) {
  std::string result = "\"";
  for (const char c : raw) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

std::string diagram_dot(const Diagram& diagram) {
  std::string dot = fmt::format(
      "digraph {{\n  graph [label={}, labelloc=t, rankdir={}];\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n",
      dot_string(diagram.title), diagram.upwards ? "BT" : "TB");
  for (std::size_t i = 0; i < diagram.boxes.size(); ++i) {
    std::string label;
    for (const DiagramLine& line : diagram.boxes[i].lines) {
      if (!label.empty()) label += '\n';
      label += line.text;
    }
    const BoxColours colours = colours_of(diagram.boxes[i].kind);
    dot += fmt::format("  n{} [label={}, color=\"{}\", fillcolor=\"{}\"];\n", i, dot_string(label), colours.line,
                       colours.fill);
  }
  for (const DiagramArrow& arrow : diagram.arrows) {
    dot += fmt::format("  n{} -> n{}", arrow.from, arrow.to);
    if (!arrow.label.empty()) dot += fmt::format(" [label={}]", dot_string(arrow.label));
    dot += ";\n";
  }
  return dot + "}\n";
}

}  // namespace genocuda
