// SPDX-License-Identifier: Apache-2.0
#include "draw/svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace genocuda {
namespace {

/// The share of the font's size that a letter of DejaVu Sans, one of the widest, takes on average.
constexpr double kLetterWidth = 0.62;

}  // namespace

std::string escape_xml(std::string_view raw) {
  std::string result;
  for (const char c : raw) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string pixels(double coordinate) {
  return fmt::format("{:.8g}", std::round(coordinate * 100) / 100 + 0.0);  // + 0.0: no "-0"
}

std::string svg_begin(double width, double height) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      pixels(width), pixels(height));
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view content,
                     std::string_view attributes) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n", pixels(x), pixels(y), anchor,
                     attributes, escape_xml(content));
}

double text_width(std::string_view text, double font_size) {
  // A byte 10xxxxxx goes on with a character of UTF-8 and begins none.
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return static_cast<double>(characters) * kLetterWidth * font_size;
}

}  // namespace genocuda
