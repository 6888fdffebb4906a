// SPDX-License-Identifier: Apache-2.0
#include "core/derivative_graph.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/expression.h"
#include "tests/support/expect_error.h"
#include "toy_device.h"

namespace genocuda {
namespace {

DerivativeGraph annotated(std::string_view text, const DerivativeRequest& request) {
  testing::ToyDevice device;
  return derivative_graph(text, request, device);
}

const DerivativeGraph::Node& node(const DerivativeGraph& graph, std::string_view name) {
  return *std::ranges::find(graph.nodes, name, &DerivativeGraph::Node::name);
}

/// The derivatives on the edges between two nodes.
std::vector<double> edges(const DerivativeGraph& graph, std::string_view from, std::string_view to) {
  std::vector<double> found;
  for (const DerivativeGraph::Edge& edge : graph.edges) {
    if (graph.nodes[edge.from].name == from && graph.nodes[edge.to].name == to) found.push_back(edge.derivative);
  }
  return found;
}

constexpr const char* kLecture = "c = a + b; d = b + 1; e = c * d";

TEST(DerivativeGraph, TheLecturesExampleInReverse) {
  const DerivativeGraph graph = annotated(kLecture, {.at = {{"a", 2}, {"b", 1}}, .mode = DerivativeMode::reverse});
  ASSERT_EQ(graph.nodes.size(), 5u);
  EXPECT_EQ(graph.nodes.back().name, "e");
  for (const auto& [name, value, derivative] :
       {std::tuple{"a", 2, 2}, {"b", 1, 5}, {"c", 3, 2}, {"d", 2, 3}, {"e", 6, 1}}) {
    EXPECT_EQ(node(graph, name).value, value) << name;
    EXPECT_EQ(node(graph, name).derivative, derivative) << name;
  }
  ASSERT_EQ(graph.edges.size(), 5u);
  for (const auto& [from, to, derivative] :
       {std::tuple{"a", "c", 1.0}, {"b", "c", 1.0}, {"b", "d", 1.0}, {"c", "e", 2.0}, {"d", "e", 3.0}}) {
    EXPECT_EQ(edges(graph, from, to), std::vector<double>{derivative}) << from << to;
  }
}

TEST(DerivativeGraph, TheLecturesExampleForward) {
  const DerivativeGraph graph =
      annotated(kLecture, {.at = {{"a", 2}, {"b", 1}}, .mode = DerivativeMode::forward, .input = "b"});
  for (const auto& [name, derivative] : {std::pair{"a", 0}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 5}}) {
    EXPECT_EQ(node(graph, name).derivative, derivative) << name;
  }
}

TEST(DerivativeGraph, AValueReadTwiceHasTwoEdges) {
  const DerivativeGraph graph = annotated("x * x", {.at = {{"x", 3}}, .mode = DerivativeMode::reverse});
  EXPECT_EQ(edges(graph, "x", "v1"), (std::vector<double>{3, 3}));  // each with the other held
  EXPECT_EQ(node(graph, "x").derivative, 6);
  EXPECT_FALSE(annotated("x * x", {.at = {{"x", 3}}}).nodes.front().derivative);
}

TEST(DerivativeGraph, ComputesWhatTheFormulaSays) {
  for (const auto& [text, value, by_a] : {std::tuple{"1 - a * b", -5.0, -3.0},
                                          {"a + a + b", 7.0, 2.0},
                                          {"3 - (a - 1)", 2.0, -1.0},
                                          {"-a / 4 + b * 2", 5.5, -0.25},
                                          {"2 * 3 + a", 8.0, 1.0}}) {
    DerivativeRequest request{.at = {{"a", 2}}, .mode = DerivativeMode::reverse};
    if (std::string_view(text).find('b') != std::string_view::npos) request.at["b"] = 3;
    const DerivativeGraph graph = annotated(text, request);
    EXPECT_EQ(graph.nodes.back().value, value) << text;
    EXPECT_EQ(node(graph, "a").derivative, by_a) << text;
  }
}

TEST(DerivativeGraph, RefusesInputsThatDoNotFit) {
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        annotated("a * b", {.at = {{"a", 1}}});
      },
      "the input 'b' has no value: give it one, such as --at b=2");
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        annotated("a * a", {.at = {{"a", 1}, {"z", 1}}});
      },
      "value for 'z'", "the inputs are a");
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        annotated("c = a * a", {.at = {{"a", 1}}, .mode = DerivativeMode::forward, .input = "c"});
      },
      "by 'c', which is no input");
}

/// "name = formula" of all that is computed, and the names of the inputs.
std::vector<std::string> parsed(std::string_view text) {
  Graph graph;
  std::vector<std::string> result;
  for (const NamedValue& value : parse_expression(graph, text).values) {
    result.push_back(value.formula.empty() ? value.name : fmt::format("{} = {}", value.name, value.formula));
  }
  return result;
}

using Texts = std::vector<std::string>;

TEST(Expression, NamesEveryIntermediateResult) {
  EXPECT_EQ(parsed("e = (a + b) * (b + 1)"), (Texts{"a", "b", "v1 = a + b", "v2 = b + 1", "e = v1 · v2"}));
  EXPECT_EQ(parsed("v1 * 2 - y; "), (Texts{"v1", "v2 = v1 · 2", "y", "v3 = v2 − y"}));
  EXPECT_EQ(parsed("-x/4"), (Texts{"x", "v1 = −x", "v2 = v1 / 4"}));
  EXPECT_EQ(parsed("2 * 3 + elu(x, .5)"), (Texts{"x", "v1 = elu(x, 0.5)", "v2 = 6 + v1"}));
  EXPECT_EQ(parsed("nano + inf"), (Texts{"nano", "inf", "v1 = nano + inf"}));
  EXPECT_EQ(parsed("1 - a - b"), (Texts{"a", "v1 = 1 − a", "b", "v2 = v1 − b"}));
}

TEST(Expression, NamesTheColumnOfWhatIsWrong) {
  for (const auto& [text, column, why] : {std::tuple{"", 1, "missing at the end"},
                                          {"a", 1, "computes nothing"},
                                          {"1 + 2", 1, "computes nothing"},
                                          {"b = a + 1; c = b", 12, "computes nothing"},
                                          {"e = e + 1", 1, "computed from itself"},
                                          {"a = b + 1; b = a + 1", 12, "'b' has a meaning already"},
                                          {"relu = a + 1", 1, "'relu' has a meaning already"},
                                          {"(a + b", 7, "a ')' is missing"},
                                          {"a + b)", 6, "')' does not belong here"},
                                          {"a $ b", 3, "'$' does not belong here"},
                                          {"a + * b", 5, "missing before '*'"},
                                          {"a / b", 3, "divides by numbers alone"},
                                          {"a / 0", 3, "division by 0"},
                                          {"sin(a)", 1, "no function 'sin'"},
                                          {"relu + 1", 1, "relu(x)"},
                                          {"relu(1)", 1, "of a number"},
                                          {"elu(a, b)", 8, "is a number"}}) {
    expect_error(
        ErrorKind::invalid_argument, [&, formula = text] { parsed(formula); },
        fmt::format("'{}', column {}: ", text, column), why);
  }
  expect_error(
      ErrorKind::invalid_argument, [] { parsed(std::string(500, '(') + "a"); }, "in each other");
}

}  // namespace
}  // namespace genocuda
