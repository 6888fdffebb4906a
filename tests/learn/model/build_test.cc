// SPDX-License-Identifier: Apache-2.0
// What building a model gives: shapes, names, parameters, and what is said where shapes do not fit.
#include "learn/model/build.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/ops/dropout.h"
#include "learn/model/layer_type.h"
#include "learn/model/summary.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

ModelSpec spec_of(const std::string& body) { return parse_model_toml("name = \"test\"\n" + body, "test.toml"); }

struct Built {
  Graph graph;
  BuiltModel model;

  Built(const ModelSpec& spec, ModelSize size = {}, Mode mode = Mode::inference, std::int64_t batch = 2) {
    size = resolve_size(spec, size);
    const ModelInputs inputs = make_inputs(graph, spec, size, batch);
    model = build_model(graph, spec, size, inputs, {.mode = mode, .step = graph.input("step", {DType::i32, {}})});
  }

  LayerRow row(std::string_view name) const {
    const auto found = std::ranges::find(model.layers, name, &LayerRow::name);
    EXPECT_NE(found, model.layers.end()) << name;
    return found == model.layers.end() ? LayerRow{} : *found;
  }
  Parameter parameter(std::string_view name) const {
    const auto found = std::ranges::find(model.parameters, name, &Parameter::name);
    EXPECT_NE(found, model.parameters.end()) << name;
    return found == model.parameters.end() ? Parameter{} : *found;
  }
};

TEST(Build, TheLecturesGeometry) {
  const Built built(spec_of(R"(
input = { length = 13 }
layers = [
  { type = "conv", filters = 3, width = 4, stride = 2 },
  { type = "conv", filters = 2, width = 3 },
  { type = "max_pool", width = 2, stride = 1 },
])"));
  EXPECT_EQ(built.row("conv1").shape, (Shape{5, 3}));  // 15 neurons
  EXPECT_EQ(built.row("conv2").shape, (Shape{3, 2}));  // 6 neurons
  EXPECT_EQ(built.row("max_pool1").shape, (Shape{2, 2}));
  EXPECT_EQ(built.row("conv1").receptive_field, 4);
  EXPECT_EQ(built.row("conv2").receptive_field, 4 + 2 * 2);
  EXPECT_EQ(built.row("max_pool1").receptive_field, 4 + 2 * 2 + 2);
  EXPECT_EQ(built.model.trained_count(), 3 * (4 * 4 + 1) + 2 * (3 * 3 + 1));
}

TEST(Build, NamesParametersAfterTheirLayers) {
  const Built built(spec_of(R"(
input = { length = 20 }
layers = [
  { type = "conv", filters = 3, width = 4, l1 = 0.5, l2 = 0.25, max_norm = 2, init = "he_normal" },
  { type = "batch_norm" },
  { type = "prelu", slope = 0.1 },
  { type = "block", name = "body", layers = [{ type = "dense", units = 5 }] },
  { type = "flatten" },
  { type = "dense", name = "scores", units = 2, bias = false },
])"));
  std::vector<std::string> names;
  for (const Parameter& parameter : built.model.parameters) names.push_back(parameter.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"conv1/filters", "conv1/bias", "batch_norm1/gamma", "batch_norm1/beta",
                                      "prelu1/slope", "body/dense1/weights", "body/dense1/bias", "scores/weights"}));
  const Parameter filters = built.parameter("conv1/filters");
  EXPECT_EQ(filters.variable.shape(), (Shape{4, 4, 3}));
  EXPECT_EQ(filters.fan_in, 16);
  EXPECT_EQ(filters.fan_out, 12);
  EXPECT_EQ(filters.l1, 0.5);
  EXPECT_EQ(filters.l2, 0.25);
  EXPECT_EQ(filters.max_norm, 2);
  EXPECT_TRUE(filters.decays);
  const Parameter bias = built.parameter("conv1/bias");
  EXPECT_FALSE(bias.decays);
  EXPECT_EQ(bias.l1 + bias.l2 + bias.max_norm, 0);
  EXPECT_EQ(bias.initialiser, (Initialiser{InitialiserKind::constant, 0}));
  EXPECT_FALSE(built.parameter("batch_norm1/gamma").decays);
  EXPECT_EQ(built.parameter("batch_norm1/gamma").initialiser, (Initialiser{InitialiserKind::constant, 1}));
  EXPECT_EQ(built.parameter("prelu1/slope").initialiser, (Initialiser{InitialiserKind::constant, 0.1}));
  EXPECT_EQ(built.parameter("body/dense1/bias").initialiser.kind, InitialiserKind::uniform_fan_in);
  ASSERT_EQ(built.model.statistics.size(), 2u);
  EXPECT_EQ(built.model.statistics[0].name, "batch_norm1/running_mean");
  EXPECT_EQ(built.model.statistics[1].name, "batch_norm1/running_variance");
  EXPECT_EQ(built.model.statistics[1].initial, std::vector<double>({1, 1, 1}));
}

TEST(Build, StandardisesByNumbersThatFitTheChannels) {
  const auto with = [](const std::string& numbers) {
    return spec_of(
        fmt::format("input = {{ dna = false, length = 20 }}\ntracks = [{{ name = \"signals\", channels = 2 "
                    "}}]\nlayers = [{{ type = \"standardise\"{} }}, {{ type = \"flatten\" }}]",
                    numbers));
  };
  const Built built(with(", mean = [1, 2], scale = [3, 0.5]"));
  ASSERT_EQ(built.model.statistics.size(), 2u);
  EXPECT_EQ(built.model.statistics[0].name, "standardise1/mean");
  EXPECT_EQ(built.model.statistics[0].initial, std::vector<double>({1, 2}));
  EXPECT_EQ(built.model.statistics[1].initial, std::vector<double>({9, 0.25}));
  EXPECT_TRUE(built.model.parameters.empty());
  expect_error(
      ErrorKind::invalid_argument, [&] { Built{with(", mean = [1, 2, 3]")}; }, "standardise1",
      "'mean' has 3 numbers for 2 channels");
  expect_error(
      ErrorKind::input_file, [&] { with(", scale = [0, 1]"); }, "scale");
}

TEST(Build, EveryNodeOfALayerIsInItsScope) {
  const Built built(spec_of(R"(
input = { length = 20 }
layers = [
  { type = "residual", name = "r", layers = [{ type = "conv", filters = 4, width = 3, padding = "same" }] },
])"));
  std::set<std::string> scopes;
  for (int id = 0; id < built.graph.size(); ++id) scopes.insert(built.graph.node(id).scope);
  EXPECT_TRUE(scopes.contains("r/conv1"));
  EXPECT_TRUE(scopes.contains("r"));
  EXPECT_TRUE(scopes.contains("dna"));
}

TEST(Build, ResidualsCropWhatValidConvolutionsUseUp) {
  const Built built(spec_of(R"(
input = { length = 30 }
layers = [
  { type = "residual", layers = [{ type = "conv", filters = 4, width = 3, dilation = 4 }] },
])"));
  EXPECT_EQ(built.row("residual1").shape, (Shape{22, 4}));
  EXPECT_EQ(built.row("residual1").receptive_field, 9);
  EXPECT_EQ(built.row("residual1").parameters, 0);
  EXPECT_EQ(built.row("residual1/conv1").parameters, 3 * 4 * 4 + 4);
}

TEST(Build, GroupsKnowTheirInputAndShadowOuterNames) {
  const Built built(spec_of(R"(
input = { length = 30 }
layers = [
  { type = "conv", filters = 6, width = 1 },
  { type = "block", layers = [
    { type = "conv", filters = 2, width = 1 },
    { type = "concat", from = ["conv1", "input"] },
  ] },
  { type = "relu", from = "conv1" },
])"));
  EXPECT_EQ(built.row("block1/concat1").shape, (Shape{30, 2 + 6}));
  EXPECT_EQ(built.row("relu1").shape, (Shape{30, 6}));
}

TEST(Build, FrozenHoldsForAllLayersWithin) {
  const Built built(spec_of(R"(
input = { length = 30 }
layers = [
  { type = "block", frozen = true, layers = [
    { type = "conv", filters = 2, width = 3 },
    { type = "batch_norm" },
    { type = "dropout", rate = 0.5 },
  ] },
  { type = "conv", filters = 2, width = 3 },
])"),
                    {}, Mode::training);
  EXPECT_TRUE(built.parameter("block1/conv1/filters").frozen);
  EXPECT_TRUE(built.parameter("block1/batch_norm1/gamma").frozen);
  EXPECT_FALSE(built.parameter("conv1/filters").frozen);
  EXPECT_EQ(built.model.frozen_count(), 3 * 4 * 2 + 2 + 4);
  EXPECT_EQ(built.model.trained_count(), 3 * 2 * 2 + 2);
  // A frozen batch norm keeps its statistics, a frozen dropout drops nothing.
  EXPECT_TRUE(built.graph.assignments().empty());
  for (int id = 0; id < built.graph.size(); ++id) EXPECT_NE(built.graph.node(id).op, &ops::kDropout);
}

TEST(Build, OutputsAreKnownByNameAndFlat) {
  Built built(spec_of(R"(
input = { length = 30 }
tracks = [{ name = "extra", channels = 1 }]
layers = [
  { type = "concat", from = ["dna", "extra"] },
  { type = "conv", name = "wide", filters = 2, width = 3 },
  { type = "total" },
]
outputs = [
  { name = "profile", from = "wide", loss = "multinomial_nll", weight = 2 },
  { name = "counts", loss = "mse" },
])"));
  ASSERT_EQ(built.model.heads.size(), 2u);
  const Head& profile = built.model.heads[0];
  EXPECT_EQ(profile.shape, (Shape{28, 2}));
  EXPECT_EQ(profile.output.shape(), (Shape{2, 56}));
  EXPECT_EQ(profile.weight, 2);
  EXPECT_EQ(profile.loss, LossKind::multinomial_nll);
  EXPECT_EQ(built.graph.find_output("profile").id(), profile.output.id());
  EXPECT_EQ(built.graph.find_output("counts").shape(), (Shape{2, 1}));
}

TEST(Build, BothStrandsGiveOneScore) {
  for (const char* strands : {"mean", "max"}) {
    const Built built(spec_of(std::string("input = { length = 30, strands = \"") + strands +
                              "\" }\nlayers = [{ type = \"flatten\" }, { type = \"dense\", units = \"tasks\" }]"),
                      {.tasks = 3});
    EXPECT_EQ(built.model.heads[0].output.shape(), (Shape{2, 3}));
    EXPECT_EQ(built.row("output").shape, (Shape{3}));
  }
}

TEST(Build, EachTypeOfLayerBuilds) {
  // One model that uses them all; a type that is missing here fails below.
  const std::string layers = R"(
input = { length = 48 }
layers = [
  { type = "conv", filters = 8, width = 3, padding = [1, 1] },
  { type = "batch_norm" }, { type = "standardise" }, { type = "dropout", rate = 0.1 },
  { type = "relu" }, { type = "sigmoid" }, { type = "tanh" }, { type = "softplus" }, { type = "gelu" }, { type = "exp" },
  { type = "log1p" }, { type = "thresholded_relu", alpha = 0.1 }, { type = "leaky_relu" }, { type = "elu" },
  { type = "prelu" }, { type = "maxout", pieces = 2 }, { type = "softmax" },
  { type = "max_pool", width = 3, padding = "ceil" }, { type = "avg_pool", width = 2, stride = 1, padding = "same" },
  { type = "crop", left = 1, right = 2 }, { type = "pad", left = 2, right = 1 },
  { type = "slice", start = 0, length = 3 }, { type = "slice", axis = "positions", start = 1, length = 10, name = "s" },
  { type = "add", from = ["s", "s"] }, { type = "multiply", from = ["s", "s"] },
  { type = "logsumexp", from = ["s", "add1", "multiply1"] },
  { type = "concat", axis = "positions", from = ["s", "logsumexp1"], name = "long" },
  { type = "concat", from = ["long", "long"] },
  { type = "residual", layers = [{ type = "tanh" }] }, { type = "block", name = "b", layers = [{ type = "tanh" }] },
  { type = "global_max_pool" }, { type = "global_mean_pool", from = "b" }, { type = "total", from = "b" },
  { type = "kmers", k = [2, 3], from = "dna" }, { type = "flatten", from = "b" }, { type = "dense", units = 2 },
])";
  const ModelSpec spec = spec_of(layers);
  for (const Mode mode : {Mode::training, Mode::inference}) {
    const Built built(spec, {}, mode);
    EXPECT_EQ(built.row("max_pool1").shape, (Shape{16, 4}));
    EXPECT_EQ(built.row("avg_pool1").shape, (Shape{16, 4}));
    EXPECT_EQ(built.row("pad1").shape, (Shape{16, 4}));
    EXPECT_EQ(built.row("concat2").shape, (Shape{20, 6}));
    EXPECT_EQ(built.row("total1").shape, (Shape{1}));
    EXPECT_EQ(built.row("kmers1").shape, (Shape{10 + 32}));
    EXPECT_EQ(built.row("dense1").shape, (Shape{2}));
    EXPECT_EQ(built.row("flatten1").receptive_field, 48);
  }
  std::set<std::string> used{"block", "residual"};
  for (const LayerSpec& layer : spec.layers) used.insert(layer.type);
  for (const LayerType& type : layer_types()) EXPECT_TRUE(used.contains(std::string(type.name))) << type.name;
}

TEST(Build, WordsAreOfBasesAlone) {
  expect_error(
      ErrorKind::invalid_argument,
      [] { Built(spec_of("input = { length = 30 }\nlayers = [{ type = \"relu\" }, { type = \"kmers\", k = [3] }]")); },
      "kmers1", "\"dna\"");
  expect_error(
      ErrorKind::invalid_argument,
      [] { Built(spec_of("input = { length = 4 }\nlayers = [{ type = \"kmers\", k = [3, 5] }]")); }, "kmers1",
      "words of 5 bases in sequences of 4");
}

TEST(Build, CropToALengthTakesTheMiddle) {
  const Built built(spec_of("input = { length = 15 }\nlayers = [{ type = \"crop\", length = 10 }]"));
  EXPECT_EQ(built.row("crop1").shape, (Shape{10, 4}));
}

TEST(Build, WhatDoesNotFitIsNamedByLayer) {
  const auto build = [](const std::string& body, ModelSize size = {}) {
    return [body, size] { Built(spec_of(body), size); };
  };
  const ErrorKind wrong = ErrorKind::invalid_argument;
  expect_error(wrong,
               build("input = { length = 5 }\nlayers = [{ type = \"conv\", name = \"c\", filters = 1, width = 9 }]"),
               "layer c (conv): a window that spans 9 positions does not fit a length of 5");
  expect_error(wrong, build("layers = [{ type = \"flatten\" }]"), "'test'", "how long");
  expect_error(wrong, build("input = { length = 5 }\nlayers = [{ type = \"dense\", units = \"tasks\" }]"),
               "how many tasks");
  expect_error(wrong,
               build("input = { length = 5 }\nlayers = [{ type = \"flatten\" }, { type = \"max_pool\", width = 2 }]"),
               "layer max_pool1 (max_pool)", "what it reads is 20 numbers");
  expect_error(wrong, build(R"(input = { length = 9 }
layers = [{ type = "residual", layers = [{ type = "conv", filters = 4, width = 2 }] }])"),
               "layer residual1 (residual)", "both sides");
  expect_error(wrong, build(R"(input = { length = 9 }
layers = [{ type = "residual", layers = [{ type = "conv", filters = 5, width = 1 }] }])"),
               "layer residual1", "9 positions of 5 channels");
  expect_error(wrong, build(R"(input = { length = 9 }
layers = [{ type = "residual", name = "r", layers = [{ type = "conv", filters = 5, width = 11 }] }])"),
               "layer r/conv1 (conv): a window");
  expect_error(wrong, build("input = { length = 9, strands = \"mean\" }\nlayers = [{ type = \"relu\" }]"),
               "strands = 'mean'", "output");
  expect_error(wrong, build("input = { length = 9 }\nlayers = [{ type = \"crop\", length = 10 }]"),
               "layer crop1 (crop)", "10", "9");
  expect_error(wrong, build("input = { length = 9 }\nlayers = [{ type = \"crop\", left = 5, right = 5 }]"),
               "layer crop1 (crop)", "nothing of 9 positions");
}

TEST(Build, SizesThatNoMachineHoldsAreErrors) {
  std::string doubling = "input = { length = 1000 }\nlayers = [\n{ type = \"relu\", name = \"x0\" },\n";
  for (int i = 0; i < 70; ++i) {
    doubling += fmt::format("{{ type = \"concat\", name = \"x{}\", from = [\"x{}\", \"x{}\"] }},\n", i + 1, i, i);
  }
  expect_error(
      ErrorKind::invalid_argument, [&] { Built(spec_of(doubling + "]")); }, "concat", "more numbers");
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        Built(spec_of(R"(input = { length = 1000000000 }
layers = [{ type = "conv", filters = 1000, width = 1000000000 },
          { type = "conv", filters = 1000000000, width = 1000000000, padding = [1000000000, 1000000000] }])"));
      },
      "conv2");
}

TEST(Build, InputsAreChecked) {
  const ModelSpec spec = spec_of("input = { length = 9 }\ntracks = [{ name = \"t\" }]\nlayers = [{ type = \"relu\" }]");
  Graph graph;
  ModelInputs inputs = make_inputs(graph, spec, {.length = 8}, 2);
  expect_error(
      ErrorKind::invalid_argument, [&] { build_model(graph, spec, {.length = 9}, inputs, {}); }, "length 9");
  inputs = {};
  Graph other;
  inputs.dna = other.input("dna", {DType::dna, {2, 9}});
  expect_error(
      ErrorKind::invalid_argument, [&] { build_model(other, spec, {.length = 9}, inputs, {}); }, "track 't'");
}

TEST(Build, ResolvesSizesFromDataFirst) {
  ModelSpec spec = spec_of("tasks = 4\ninput = { length = 9 }\nlayers = [{ type = \"relu\" }]");
  EXPECT_EQ(resolve_size(spec), (ModelSize{9, 4}));
  EXPECT_EQ(resolve_size(spec, {.length = 12}), (ModelSize{12, 4}));
  EXPECT_EQ(resolve_size(with_size(spec, {20, 2})), (ModelSize{20, 2}));
}

TEST(Summary, EndsWithTheNumberOfParameters) {
  const Summary summary = summarise(zoo_model("chrombpnet"));
  EXPECT_TRUE(
      summary.text.ends_with("receptive field: 1115 of 2114 bases\nfrozen parameters: 217730\nparameters: 6377986\n"))
      << summary.text;
  const Summary coda = summarise(zoo_model("coda"));
  EXPECT_TRUE(coda.text.ends_with("receptive field: 25025 of 25025 bases\nparameters: 7849\n")) << coda.text;
}

}  // namespace
}  // namespace genocuda
