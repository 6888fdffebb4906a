// SPDX-License-Identifier: Apache-2.0
#include "draw/layered_layout.h"

#include <cmath>

#include <gtest/gtest.h>

namespace genocuda {
namespace {

constexpr LayoutOptions kGaps{.column_gap = 20, .layer_gap = 30};

std::vector<BoxSize> boxes(std::size_t count) { return std::vector<BoxSize>(count, BoxSize{60, 40}); }

double turning(const std::vector<Point>& way) {
  double sum = 0;
  for (std::size_t i = 1; i < way.size(); ++i) sum += std::abs(way[i].x - way[i - 1].x);
  return sum;
}

/// Whether two arrows between neighbouring layers cross.
bool cross(const std::vector<Point>& a, const std::vector<Point>& b) {
  return (a.front().x - b.front().x) * (a.back().x - b.back().x) < 0;
}

TEST(LayeredLayout, AChainIsUpright) {
  const std::vector<LayoutEdge> edges{{0, 1}, {1, 2}};
  const Layout layout = lay_out(boxes(3), edges, kGaps);
  EXPECT_DOUBLE_EQ(layout.width, 60);
  EXPECT_DOUBLE_EQ(layout.height, 3 * 40 + 2 * 30);
  for (int i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(layout.boxes[i].x, 30);
    EXPECT_DOUBLE_EQ(layout.boxes[i].y, 20 + 70 * i);
  }
  ASSERT_EQ(layout.edges[0].size(), 2u);
  EXPECT_DOUBLE_EQ(layout.edges[0][0].y, 40);  // from the lower side to the upper one
  EXPECT_DOUBLE_EQ(layout.edges[0][1].y, 70);
}

TEST(LayeredLayout, NeighboursKeepTheirDistance) {
  // Four sources of one sink: they all want the same place.
  const std::vector<LayoutEdge> edges{{0, 4}, {1, 4}, {2, 4}, {3, 4}};
  const Layout layout = lay_out(boxes(5), edges, kGaps);
  for (int i = 1; i < 4; ++i) EXPECT_NEAR(layout.boxes[i].x - layout.boxes[i - 1].x, 80, 1e-9);
  EXPECT_NEAR(layout.boxes[4].x, (layout.boxes[0].x + layout.boxes[3].x) / 2, 0.1);
  EXPECT_NEAR(layout.width, 4 * 60 + 3 * 20, 1e-9);
}

TEST(LayeredLayout, UncrossesWhatCanBe) {
  // 0 -> 3 and 1 -> 2 cross in the order of the numbers.
  const std::vector<LayoutEdge> edges{{0, 3}, {1, 2}};
  const Layout layout = lay_out(boxes(4), edges, kGaps);
  EXPECT_FALSE(cross(layout.edges[0], layout.edges[1]));
}

TEST(LayeredLayout, ALongEdgePassesBesideTheBoxesBetween) {
  const std::vector<LayoutEdge> edges{{0, 1}, {1, 2}, {2, 3}, {0, 3}};  // a residual
  const Layout layout = lay_out(boxes(4), edges, kGaps);
  const std::vector<Point>& skip = layout.edges[3];
  ASSERT_EQ(skip.size(), 6u);  // two ends and two points in each of the layers between
  for (std::size_t i = 1; i + 1 < skip.size(); ++i) {
    const Point& box = layout.boxes[i <= 2 ? 1 : 2];
    EXPECT_GT(std::abs(skip[i].x - box.x), 30) << i;
  }
  EXPECT_LT(turning(skip), 120);
}

TEST(LayeredLayout, ASourceStandsBesideWhatReadsIt) {
  const std::vector<LayoutEdge> edges{{0, 1}, {1, 3}, {2, 3}};
  const Layout layout = lay_out(boxes(4), edges, kGaps);
  EXPECT_DOUBLE_EQ(layout.boxes[2].y, layout.boxes[1].y);
}

TEST(LayeredLayout, NothingIsNothing) {
  const Layout layout = lay_out({}, {}, kGaps);
  EXPECT_EQ(layout.width, 0);
  EXPECT_EQ(layout.height, 0);
}

}  // namespace
}  // namespace genocuda
