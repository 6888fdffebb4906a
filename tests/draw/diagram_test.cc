// SPDX-License-Identifier: Apache-2.0
#include "draw/diagram.h"

#include <gtest/gtest.h>

#include "draw/svg.h"

namespace genocuda {
namespace {

Diagram two_boxes() {
  return {.title = "a < \"b\"",
          .boxes = {{BoxKind::input, {{"a = 2", Tone::title}}},
                    {BoxKind::result, {{"b = a + 1", Tone::title}, {"b = 3", Tone::plain}}}},
          .arrows = {{0, 1, "∂b/∂a = 1"}}};
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Diagram, DotIsWhatGraphvizReads) {
  EXPECT_EQ(diagram_dot(two_boxes()),
            "digraph {\n  graph [label=\"a < \\\"b\\\"\", labelloc=t, rankdir=TB];\n"
            "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n"
            "  edge [fontname=\"sans-serif\"];\n"
            "  n0 [label=\"a = 2\", color=\"#4a7fb5\", fillcolor=\"#e8f1fa\"];\n"
            "  n1 [label=\"b = a + 1\\nb = 3\", color=\"#c98a1b\", fillcolor=\"#fdf0dc\"];\n"
            "  n0 -> n1 [label=\"∂b/∂a = 1\"];\n}\n");
}

TEST(Diagram, SvgHoldsEveryBoxArrowAndWord) {
  const std::string svg = diagram_svg(two_boxes());
  EXPECT_EQ(svg.find("<svg xmlns"), 0u);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(count(svg, "rx=\"7\""), 2u);
  EXPECT_EQ(count(svg, "Z\""), 1u);  // the head of the arrow
  for (const char* word : {">a &lt; &quot;b&quot;<", ">a = 2<", ">b = a + 1<", ">b = 3<", ">∂b/∂a = 1<"}) {
    EXPECT_EQ(count(svg, word), 1u) << word;
  }
}

TEST(Diagram, UpwardsTurnsThePictureRound) {
  Diagram diagram = two_boxes();
  const std::string down = diagram_svg(diagram);
  diagram.upwards = true;
  const std::string up = diagram_svg(diagram);
  EXPECT_LT(down.find(">a = 2<"), down.find(">b = 3<"));
  const auto height_of = [](const std::string& svg, std::string_view word) {
    const std::size_t text = svg.rfind("<text", svg.find(word));
    return std::stod(svg.substr(svg.find("y=\"", text) + 3));
  };
  EXPECT_LT(height_of(down, ">a = 2<"), height_of(down, ">b = 3<"));
  EXPECT_GT(height_of(up, ">a = 2<"), height_of(up, ">b = 3<"));
}

TEST(Svg, NumbersAndText) {
  EXPECT_EQ(pixels(1.0 / 3), "0.33");
  EXPECT_EQ(pixels(-0.001), "0");
  EXPECT_EQ(pixels(1234.5), "1234.5");
  EXPECT_EQ(svg_text(1, 2, "end", "<&>"), "<text x=\"1\" y=\"2\" text-anchor=\"end\">&lt;&amp;&gt;</text>\n");
  EXPECT_DOUBLE_EQ(text_width("∂e", 10), text_width("de", 10));  // two characters, however many bytes
}

}  // namespace
}  // namespace genocuda
