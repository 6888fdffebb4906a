// SPDX-License-Identifier: Apache-2.0
#include "learn/denoise/peaks.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/learn/denoise/given_tracks.h"

namespace genocuda {
namespace {

std::string text_of(const std::vector<BedInterval>& peaks) {
  std::string text;
  for (const BedInterval& peak : peaks) text += fmt::format("{}-{}@{} ", peak.start, peak.end, peak.summit);
  return text;
}

// Bins of 50 bases; the mean of the twelve with a signal is 3, so that 2-fold is 6.
TEST(ThresholdPeaks, JoinOverGapsAndNeedALength) {
  const std::vector<float> values{0, 6, 7, 0, 0, 6, 0, 1, 1, 1, 1, 1, 6, 0, 0, 0, 1, 1, 4, 0};
  PeakRule rule{.fold = 2, .gap = 100, .shortest = 200};
  const auto none = given_tracks({values}, {.bin = 50});
  EXPECT_EQ(text_of(threshold_peaks(*none, 1, rule)), "50-300@125 ");
  rule.shortest = 50;
  EXPECT_EQ(text_of(threshold_peaks(*none, 1, rule)), "50-300@125 600-650@625 ");
  rule.gap = 50;
  EXPECT_EQ(text_of(threshold_peaks(*none, 1, rule)), "50-150@125 250-300@275 600-650@625 ");
  // What was transformed counts as it was: a mean of transformed values would put the threshold elsewhere.
  const auto transformed = given_tracks({values}, {.bin = 50, .transform = TrackTransform::asinh});
  rule.fold = 1.99;
  EXPECT_EQ(text_of(threshold_peaks(*transformed, 1, rule)), "50-150@125 250-300@275 600-650@625 ");
  EXPECT_EQ(text_of(threshold_peaks(*given_tracks({{0, 0}}, {.bin = 50}), 1, rule)), "");
}

}  // namespace
}  // namespace genocuda
