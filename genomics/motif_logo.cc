// SPDX-License-Identifier: Apache-2.0
#include "genomics/motif_logo.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "draw/svg.h"

namespace genocuda {
namespace {

constexpr double kMostBits = 2;
constexpr double kLeft = 48, kRight = 10, kTop = 24, kBottom = 28;  // margins, in pixels

/// Outlines in a box of 100 x 100, y downwards, and the colours that logos have for bases.
struct Letter {
  std::string_view outline, colour;
};
constexpr std::array<Letter, dna::kBases> kLetters{{
    {"M0 100L38 0H62L100 100H78L70.5 77H29.5L22 100ZM35.5 58H64.5L50 16Z", "#109648"},
    {"M100 66C95 88 78 100 53 100C21 100 0 81 0 50C0 19 21 0 53 0C77 0 94 11 99 32H77C73 22 65 17 53 17"
     "C34 17 22 29 22 50C22 71 34 83 53 83C66 83 75 77 78 66Z",
     "#255c99"},
    {"M100 88C88 96 73 100 56 100C22 100 0 81 0 50C0 19 22 0 55 0C78 0 94 10 99 30H76C73 21 66 17 55 17"
     "C35 17 23 29 23 50C23 72 36 83 57 83C66 83 73 81 78 79V63H54V46H100Z",
     "#f7b32b"},
    {"M0 0H100V18H61V100H39V18H0Z", "#d62839"},
}};

/// The axis of bits at the left.
std::string axis(double height) {
  std::string svg =
      fmt::format("<path d=\"M{0} {1}V{2}\" stroke=\"black\" fill=\"none\"/>\n", kLeft, kTop, kTop + height);
  for (const double bits : {0.0, 0.5, 1.0, 1.5, 2.0}) {
    const double y = kTop + height * (1 - bits / kMostBits);
    svg += fmt::format("<path d=\"M{} {:.6g}H{}\" stroke=\"black\" fill=\"none\"/>\n", kLeft - 5, y, kLeft);
    svg += svg_text(kLeft - 8, y + 4, "end", fmt::format("{:g}", bits));
  }
  const double middle = kTop + height / 2;
  return svg + svg_text(12, middle, "middle", "bits", fmt::format(" transform=\"rotate(-90 12 {:.6g})\"", middle));
}

/// The letters of a position, the most frequent on top.
std::string stack(const BaseNumbers& shares, double bits, double left, const LogoOptions& options) {
  std::array<int, dna::kBases> order{0, 1, 2, 3};
  std::ranges::stable_sort(order, [&](int a, int b) { return shares[a] < shares[b]; });
  std::string svg;
  double base = kTop + options.height;
  for (const int letter : order) {
    const double height = shares[letter] * bits / kMostBits * options.height;
    if (height < 0.01) continue;  // a hundredth of a pixel
    base -= height;
    svg += fmt::format("<path transform=\"translate({:.6g} {:.6g}) scale({:.6g} {:.6g})\" fill=\"{}\" d=\"{}\"/>\n",
                       left + 0.03 * options.column_width, base, 0.0094 * options.column_width, height / 100,
                       kLetters[static_cast<std::size_t>(letter)].colour,
                       kLetters[static_cast<std::size_t>(letter)].outline);
  }
  return svg;
}

}  // namespace

std::string motif_logo(const Motif& given, const LogoOptions& options) {
  const Motif motif = options.reverse ? reverse_complement(given) : given;
  const double width = kLeft + options.column_width * static_cast<double>(motif.width()) + kRight;
  const double height = kTop + options.height + kBottom;
  std::string svg = svg_begin(width, height);
  const std::string title = motif.name.empty() ? motif.id : fmt::format("{} {}", motif.id, motif.name);
  svg += svg_text(kLeft, 15, "start", options.reverse ? fmt::format("{} (reverse complement)", title) : title);
  svg += axis(options.height);
  const std::vector<double> bits = information(motif, options.corrected);
  const std::vector<BaseNumbers> shares = probabilities(motif);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double left = kLeft + options.column_width * static_cast<double>(i);
    svg += stack(shares[i], bits[i], left, options);
    svg += svg_text(left + options.column_width / 2, kTop + options.height + 17, "middle", std::to_string(i + 1));
  }
  return svg + fmt::format("<path d=\"M{} {:.6g}H{:.6g}\" stroke=\"black\" fill=\"none\"/>\n</svg>\n", kLeft,
                           kTop + options.height, width - kRight);
}

}  // namespace genocuda
