// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Pieces of SVG, for pictures whose bytes depend on nothing but their content: no date, no font that must be there.
namespace genocuda {

/// Text as it may stand between tags and in attributes.
std::string escape_xml(std::string_view raw);

/// A coordinate to a hundredth of a pixel, so that rounding elsewhere does not change the bytes of a picture.
std::string pixels(double coordinate);

/// The first tag of a picture on white ground; `</svg>` ends it.
std::string svg_begin(double width, double height);

/// `content` is text, not markup; `anchor` is start, middle or end; `attributes` begin with a space.
std::string svg_text(double x, double y, std::string_view anchor, std::string_view content,
                     std::string_view attributes = "");

/// The width in pixels that text takes in a sans-serif font, roughly: readers of SVG have fonts of their own.
double text_width(std::string_view text, double font_size = 12);

}  // namespace genocuda
