// SPDX-License-Identifier: Apache-2.0
// The verbs graph and figure.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

Result graph(const TinyFolder& folder, const std::string& expression, const std::string& more) {
  std::vector<std::string> arguments{"graph", expression};
  for (std::string& word : words(more)) arguments.push_back(std::move(word));
  return Process(folder.path(), arguments).wait();
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Refused with one line that holds the word, and no file.
void expect_refused(const TinyFolder& folder, const Result& result, std::string_view word) {
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_EQ(lines(result.err).size(), 1u) << result.err;
  EXPECT_TRUE(holds(result.err, word)) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_FALSE(folder.exists("new.svg"));
}

constexpr const char* kExpression = "e = (a + b) * (b + 1)";

TEST(Graph, TheLecturesExampleInBothModes) {
  const TinyFolder folder;
  const Result reverse = graph(folder, kExpression, "--at a=2 --at b=1 --backward --format dot");
  ASSERT_EQ(reverse.status, 0) << reverse.err;
  for (const char* part : {"label=\"a = 2\\n∂e/∂a = 2\"", "label=\"b = 1\\n∂e/∂b = 5\"",
                           "label=\"v1 = a + b\\nv1 = 3\\n∂e/∂v1 = 2\"", "label=\"v2 = b + 1\\nv2 = 2\\n∂e/∂v2 = 3\"",
                           "label=\"e = v1 · v2\\ne = 6\\n∂e/∂e = 1\"", "[label=\"∂e/∂v2 = 3\"]"}) {
    EXPECT_TRUE(holds(reverse.out, part)) << part << "\n" << reverse.out;
  }
  const Result forward = graph(folder, kExpression, "--at a=2 --at b=1 --forward b --format dot");
  for (const char* part : {"∂a/∂b = 0", "∂b/∂b = 1", "∂v1/∂b = 1", "∂v2/∂b = 1", "∂e/∂b = 5"}) {
    EXPECT_TRUE(holds(forward.out, part)) << part << "\n" << forward.out;
  }
}

TEST(Graph, TheNameOfTheFileSaysTheFormat) {
  const TinyFolder folder;
  for (const auto& [file, beginning] :
       {std::pair{"g.svg", "<svg xmlns"}, {"g.dot", "digraph {"}, {"nameless", "<svg"}}) {
    const Result result = graph(folder, "sigmoid(x)", std::string("--at x=0 -o ") + file);
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out + result.err, "");
    EXPECT_EQ(folder.content(file).find(beginning), 0u) << file;
  }
  EXPECT_TRUE(holds(folder.content("g.svg"), ">∂v1/∂x = 0.25<"));
}

TEST(Graph, AModelByNameAndFile) {
  const TinyFolder folder;
  EXPECT_TRUE(holds(folder.run("graph --model basset").out, ">basset: 4,135,064 parameters<"));
  const std::string svg = folder.run("graph --model tiny.toml --length 40 --n-tasks 1").out;
  EXPECT_TRUE(holds(svg, ">conv: 33 × 4<")) << svg;
  EXPECT_TRUE(holds(svg, ">132 parameters<")) << svg;
}

TEST(Graph, RefusesWithOneLine) {
  const TinyFolder folder;
  expect_refused(folder, graph(folder, "a +", "-o new.svg"), "column 4");
  expect_refused(folder, graph(folder, "a + b", "--at a=1 -o new.svg"), "'b' has no value");
  expect_refused(folder, graph(folder, "a + a", "--at a=1 --at a=2 -o new.svg"), "two values");
  expect_refused(folder, graph(folder, "a + a", "--at a -o new.svg"), "--at takes NAME=NUMBER");
  expect_refused(folder, graph(folder, "a + a", "--at a=1 --forward b -o new.svg"), "'b', which is no input");
  expect_refused(folder, graph(folder, "a + a", "--at a=1 --forward a --backward -o new.svg"), "--forward");
  expect_refused(folder, graph(folder, "a + a", "--at a=1 -o new.png"), "the ending .svg or .dot");
  EXPECT_FALSE(folder.exists("new.png"));
  expect_refused(folder, folder.run("graph -a*b --at a=1 -o new.svg"), "'-a*b' is no option");
  expect_refused(folder, folder.run("graph -a*b --at a=1 -o new.svg"), "-- '-a*b'");
  const Result negative = folder.run("graph --at a=1 -- -a*2");
  EXPECT_TRUE(holds(negative.out, "= -2<")) << negative.err;
  EXPECT_EQ(folder.run("graph --at a=1 a*2").status, 0) << "an option took the formula";
  expect_refused(folder, folder.run("graph a*b a --at a=1 -o new.svg"), "'a' is a second formula");
  expect_refused(folder, folder.run("graph -o new.svg"), "give an expression");
  expect_refused(folder, folder.run("graph --model basset --at a=1 -o new.svg"), "belong to an expression");
  expect_refused(folder, folder.run("graph --model nosuch -o new.svg"), "nosuch");
}

TEST(Figure, ActivationsAreTheEnginesOwn) {
  const TinyFolder folder;
  const Result all = folder.run("figure activations");
  ASSERT_EQ(all.status, 0) << all.err;
  for (const char* title : {">sigmoid<", ">relu<", ">gelu<", ">f′(x)<"}) EXPECT_TRUE(holds(all.out, title)) << title;
  // One chart, from -2 to 2: relu ends at (2, 2), its slope at (2, 1).
  const std::string one = folder.run("figure activations --only relu --from -2 --to 2").out;
  EXPECT_FALSE(holds(one, ">sigmoid<"));
  EXPECT_TRUE(holds(one, "L472 56\"")) << one;
  EXPECT_TRUE(holds(one, "L472 186\"")) << one;
  expect_refused(folder, folder.run("figure activations --only sine -o new.svg"), "no activation 'sine'");
  expect_refused(folder, folder.run("figure activations -o new.png"), "the ending .svg");
  EXPECT_FALSE(folder.exists("new.png"));
  expect_refused(folder, folder.run("figure activations --from 2 --to 2 -o new.svg"), "not below");
}

TEST(Figure, ScanHasAScoreForEveryPlace) {
  const TinyFolder folder;
  folder.write("m.jaspar", ">ones\nA [ 1 1 ]\nC [ 0 0 ]\nG [ 0 0 ]\nT [ -1 -1 ]\n");
  folder.write("s.fa", ">s\nAACTTNA\n");
  const std::string scan = "figure scan -m m.jaspar --weights --sequences s.fa ";
  const Result both = folder.run(scan + "--relu");
  ASSERT_EQ(both.status, 0) << both.err;
  // Scores 2 1 -1 -2, then gaps round the N; the field is 420 x 260 pixels from (52, 56) on, for places 0 to 5, scores
  // -2 to 2.
  EXPECT_TRUE(holds(both.out, "d=\"M52 56L136 121L220 251L304 316\"")) << both.out;
  EXPECT_TRUE(holds(both.out, "d=\"M52 316L136 251L220 121L304 56\"")) << both.out;  // the other strand
  EXPECT_TRUE(holds(both.out, "d=\"M52 56L136 121L220 186L304 186\"")) << both.out;  // max(0, W x)
  EXPECT_TRUE(holds(both.out, ">start of the window on s<")) << both.out;
  EXPECT_FALSE(holds(folder.run(scan + "--forward").out, "reverse strand"));
  folder.write("two.fa", ">s\nAACT\n>t\nAACT\n");
  folder.write("short.fa", ">s\nA\n");
  expect_refused(folder, folder.run("figure scan -m m.jaspar --weights --sequences two.fa -o new.svg"), "2 sequences");
  expect_refused(folder, folder.run("figure scan -m m.jaspar --weights --sequences short.fa -o new.svg"), "no window");
}

TEST(Figure, LossOfARun) {
  const TinyFolder folder;
  folder.train("--valid 0.25 --epochs 3 -o run");
  const Result result = folder.run("figure loss run -o loss.svg");
  ASSERT_EQ(result.status, 0) << result.err;
  const std::string svg = folder.content("loss.svg");
  for (const char* part : {">training<", ">validation<", ">best: epoch "}) EXPECT_TRUE(holds(svg, part)) << part;
  expect_refused(folder, folder.run("figure loss run/metrics.jsonl -o new.svg"), "give the folder of the run");
  expect_refused(folder, folder.run("figure loss absent -o new.svg"), "absent/metrics.jsonl");
  for (const char* name : {"broken", "empty"}) std::filesystem::create_directory(folder.path(name));
  folder.write("broken/metrics.jsonl", "{\"epoch\":1,\"train_loss\":0.5,\"best\":true}\n{\"epoch\":2}\n");
  expect_refused(folder, folder.run("figure loss broken -o new.svg"), "metrics.jsonl:2");
  folder.write("empty/metrics.jsonl", "");
  expect_refused(folder, folder.run("figure loss empty -o new.svg"), "no epoch has ended");
}

}  // namespace
}  // namespace genocuda::cli
