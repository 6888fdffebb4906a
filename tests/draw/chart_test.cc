// SPDX-License-Identifier: Apache-2.0
#include "draw/chart.h"

#include <limits>

#include <gtest/gtest.h>

namespace genocuda {
namespace {

TEST(Chart, TicksAreRoundAndCoverTheRange) {
  EXPECT_EQ(axis_ticks(0, 1, 4), (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(axis_ticks(-4, 4, 4), (std::vector<double>{-4, -2, 0, 2, 4}));
  EXPECT_EQ(axis_ticks(1, 12, 8, true), (std::vector<double>{0, 2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(axis_ticks(1, 3, 8, true), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(axis_ticks(5, 5, 4, true), (std::vector<double>{4, 5, 6}));
  EXPECT_EQ(axis_ticks(2, 2, 2), (std::vector<double>{1.5, 2, 2.5}));
  const std::vector<double> ticks = axis_ticks(0.6931, 0.2104 + 0.5, 6);
  EXPECT_LE(ticks.front(), 0.6931);
  EXPECT_GE(ticks.back(), 0.7104);
}

TEST(Chart, ACurveGoesThroughItsPointsAndLeavesGaps) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Chart chart{.title = "t", .x_label = "x", .series = {{"s", {0, 1, 2, 3, 4}, {0, 1, nan, 1, 0}}}};
  const std::string svg = chart_svg({&chart, 1});
  // The field is 420 x 260 pixels from (52, 56) on, for x from 0 to 4 and y from 0 to 1.
  EXPECT_NE(svg.find("d=\"M52 316L157 56M367 56L472 316\""), std::string::npos) << svg;
}

TEST(Chart, AMarkSaysItsWordsInsideTheField) {
  Chart chart{.title = "t", .x_label = "x", .series = {{"s", {0, 10}, {0, 1}}}, .marks = {{1, "early"}, {9, "late"}}};
  const std::string svg = chart_svg({&chart, 1});
  EXPECT_NE(svg.find("text-anchor=\"start\" font-size=\"11\" fill=\"#444444\">early<"), std::string::npos);
  EXPECT_NE(svg.find("text-anchor=\"start\" font-size=\"11\" fill=\"#444444\">late<"), std::string::npos);
  chart.marks[1].x = 10;
  EXPECT_NE(chart_svg({&chart, 1}).find("text-anchor=\"end\" font-size=\"11\" fill=\"#444444\">late<"),
            std::string::npos);
}

}  // namespace
}  // namespace genocuda
