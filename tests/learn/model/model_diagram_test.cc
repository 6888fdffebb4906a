// SPDX-License-Identifier: Apache-2.0
#include "learn/model/model_diagram.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "learn/model/summary.h"

namespace genocuda {
namespace {

int box(const Diagram& diagram, std::string_view title) {
  const auto found = std::ranges::find(diagram.boxes, title, [](const DiagramBox& b) { return b.lines[0].text; });
  return found == diagram.boxes.end() ? -1 : static_cast<int>(found - diagram.boxes.begin());
}

/// The titles of the boxes that one reads.
std::set<std::string> read_by(const Diagram& diagram, std::string_view title) {
  std::set<std::string> result;
  for (const DiagramArrow& arrow : diagram.arrows) {
    if (arrow.to == box(diagram, title)) result.insert(diagram.boxes[arrow.from].lines[0].text);
  }
  return result;
}

using Titles = std::set<std::string>;

TEST(ModelDiagram, SaysShapesAndParameters) {
  const Diagram diagram = model_diagram(zoo_model("basset"));
  EXPECT_EQ(diagram.title, "basset: 4,135,064 parameters");
  const DiagramBox& conv = diagram.boxes[box(diagram, "conv1")];
  ASSERT_EQ(conv.lines.size(), 3u);
  EXPECT_EQ(conv.lines[1].text, "conv: 582 × 300");
  EXPECT_EQ(conv.lines[2].text, "23,100 parameters");  // 19 · 4 · 300 + 300
  EXPECT_EQ(diagram.boxes.front().kind, BoxKind::input);
  EXPECT_EQ(diagram.boxes.back().kind, BoxKind::result);
  EXPECT_EQ(model_diagram(zoo_model("basset"), {.length = 800, .tasks = 2}).boxes[box(diagram, "conv1")].lines[1].text,
            "conv: 782 × 300");
}

TEST(ModelDiagram, FollowsNamesThroughGroupsAndTowers) {
  const Diagram diagram = model_diagram(parse_model_toml(R"(
name = "towers"
tasks = 1
input = { length = 20 }
tracks = [{ name = "signal", channels = 2 }]
layers = [
  { type = "conv", name = "motifs", filters = 4, width = 3, padding = "same" },
  { type = "residual", name = "deep", layers = [
    { type = "conv", name = "motifs", filters = 4, width = 3, padding = "same" },
    { type = "add", from = ["motifs", "input"] },
  ] },
  { type = "global_max_pool", from = "motifs", name = "best" },
  { type = "global_max_pool", from = "deep", name = "deepest" },
  { type = "concat", from = ["best", "deepest"] },
  { type = "block", layers = [{ type = "dense", units = 3 }, { type = "relu" }] },
  { type = "dense", units = "tasks" },
]
)",
                                                         "towers.toml"));
  EXPECT_EQ(read_by(diagram, "motifs"), Titles{"dna"});
  EXPECT_EQ(read_by(diagram, "deep/motifs"), Titles{"motifs"});
  EXPECT_EQ(read_by(diagram, "deep/add1"),
            (Titles{"deep/motifs", "motifs"}));  // the nearest of the name, and the input
  EXPECT_EQ(read_by(diagram, "deep"), (Titles{"motifs", "deep/add1"}));
  EXPECT_EQ(read_by(diagram, "concat1"), (Titles{"best", "deepest"}));
  EXPECT_EQ(read_by(diagram, "dense1"), Titles{"block1/relu1"});
  EXPECT_EQ(read_by(diagram, "output"), Titles{"dense1"});
  EXPECT_EQ(diagram.boxes[box(diagram, "signal")].kind, BoxKind::input);
}

TEST(ModelDiagram, SaysWhatBecomesOfTheStrands) {
  const Diagram diagram = model_diagram(zoo_model("deepbind"));
  EXPECT_EQ(diagram.boxes.back().lines.back().text, "max of both strands");
  EXPECT_EQ(box(diagram, "output"), static_cast<int>(diagram.boxes.size()) - 1);  // one box, not one for the pool, too
}

TEST(ModelDiagram, DrawsEveryModelThatComesAlong) {
  for (const std::string_view name : zoo_names()) {
    const ModelSpec spec = zoo_model(name);
    const Diagram diagram = model_diagram(spec);
    std::set<int> reading, read;
    for (const DiagramArrow& arrow : diagram.arrows) {
      EXPECT_LT(arrow.from, arrow.to) << name;
      read.insert(arrow.from);
      reading.insert(arrow.to);
    }
    for (int i = 0; i < static_cast<int>(diagram.boxes.size()); ++i) {
      const BoxKind kind = diagram.boxes[i].kind;
      const std::string& title = diagram.boxes[i].lines[0].text;
      EXPECT_EQ(reading.contains(i), kind != BoxKind::input) << name << ": " << title;
      EXPECT_EQ(read.contains(i), kind != BoxKind::result) << name << ": " << title;
    }
  }
}

}  // namespace
}  // namespace genocuda
