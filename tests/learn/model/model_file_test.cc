// SPDX-License-Identifier: Apache-2.0
// Model files: what they say, and what is said where they are wrong.
#include <gtest/gtest.h>

#include "learn/model/model_spec.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

constexpr std::string_view kWhole = R"(name = "whole"
description = "says \"everything\"\n twice"
tasks = 2
input = { length = 50, strands = "forward", unknown = "quarters" }
tracks = [{ name = "coverage", channels = 2 }]
layers = [
  { type = "conv", name = "first", from = "dna", filters = 4, width = 5, padding = [2, 2], l2 = 1e-4, max_norm = 3 },
  { type = "concat", from = ["first", "coverage"] },
  { type = "residual", frozen = true, layers = [
    { type = "conv", filters = 6, width = 3, dilation = 2, padding = "same", bias = false },
    { type = "leaky_relu", alpha = 0.2 },
  ] },
  { type = "global_max_pool" },
  { type = "dense", units = "tasks", init = "he_normal" },
]
outputs = [{ name = "labels", loss = "mse", weight = 0.5 }]

[training]
optimizer = "adam"
learning_rate = 0.01
)";

TEST(ModelFile, SaysEverything) {
  const ModelSpec spec = parse_model_toml(kWhole, "whole.toml");
  EXPECT_EQ(spec.name, "whole");
  EXPECT_EQ(spec.tasks, 2);
  EXPECT_EQ(spec.input, (InputSpec{true, 50, Strands::forward, UnknownBase::quarters}));
  EXPECT_EQ(spec.tracks, (std::vector<TrackSpec>{{"coverage", 2, 0}}));
  ASSERT_EQ(spec.layers.size(), 5u);
  EXPECT_EQ(spec.layers[0].name, "first");
  EXPECT_EQ(get_numbers(spec.layers[0].settings, "padding"), (std::vector<double>{2, 2}));
  EXPECT_EQ(spec.layers[1].from, (std::vector<std::string>{"first", "coverage"}));
  EXPECT_TRUE(spec.layers[2].frozen);
  EXPECT_EQ(get_integer(spec.layers[2].layers[0].settings, "dilation", 0), 2);
  EXPECT_EQ(spec.outputs, (std::vector<OutputSpec>{{"labels", "", LossKind::mse, 0.5}}));
  EXPECT_EQ(get_number(spec.training, "learning_rate", 0), 0.01);
}

TEST(ModelFile, ComesBackFromTomlAndJson) {
  const ModelSpec spec = parse_model_toml(kWhole, "whole.toml");
  EXPECT_EQ(parse_model_toml(to_toml(spec), "again"), spec) << to_toml(spec);
  EXPECT_EQ(parse_model_json(to_json(spec), "again"), spec) << to_json(spec);
  EXPECT_EQ(to_toml(parse_model_json(to_json(spec), "again")), to_toml(spec));
}

TEST(ModelFile, LayersMayBeTablesOfTheirOwn) {
  const ModelSpec spec = parse_model_toml(R"(
name = "long"
[[layers]]
type = "flatten"
[[layers]]
type = "dense"
units = 3
)",
                                          "long.toml");
  ASSERT_EQ(spec.layers.size(), 2u);
  EXPECT_EQ(spec.outputs.size(), 1u);
  EXPECT_EQ(spec.outputs[0].loss, LossKind::bce_with_logits);
}

struct Wrong {
  const char* what;
  const char* text;
  std::vector<std::string> parts;
};

class WrongModelFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongModelFile, IsNamedWithLineAndRemedy) {
  try {
    parse_model_toml(GetParam().text, "m.toml");
    ADD_FAILURE() << "no Error was thrown";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), ErrorKind::input_file);
    EXPECT_EQ(message.find('\n'), std::string::npos);
    for (const std::string& part : GetParam().parts) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, WrongModelFile,
    testing::Values(
        Wrong{"NoToml", "name = \"a\"\nlayers = [\n  { type = \"flatten\"\n", {"m.toml:3", "not valid TOML"}},
        Wrong{"NoName", "layers = [{ type = \"flatten\" }]", {"m.toml:1: a model needs the key 'name'"}},
        Wrong{"UnknownTopKey",
              "name = \"a\"\nlayer = [{ type = \"flatten\" }]",
              {"m.toml:2: a model has no key 'layer'; did you mean 'layers'?"}},
        Wrong{"UnknownKey",
              "name = \"a\"\nlayers = [\n  { type = \"conv\", filter = 3, width = 4 },\n]",
              {"m.toml:3: conv has no key 'filter'; did you mean 'filters'?"}},
        Wrong{"KeyOfAnotherLayer",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", width = 3 },\n]",
              {"m.toml:3: relu has no key 'width', it takes none"}},
        Wrong{"MissingKey",
              "name = \"a\"\nlayers = [\n\n  { type = \"conv\", width = 3 },\n]",
              {"m.toml:4: conv needs the key 'filters', a whole number", "'tasks'"}},
        Wrong{"NearlyAType",
              "name = \"a\"\nlayers = [\n  { type = \"convv\" },\n]",
              {"m.toml:3: there is no layer type 'convv'; did you mean 'conv'?"}},
        Wrong{"NoSuchType",
              "name = \"a\"\nlayers = [\n  { type = \"attention\" },\n]",
              {"m.toml:3: there is no layer type 'attention'; there are 'block', ", "'max_pool'"}},
        Wrong{"WrongWord",
              "name = \"a\"\nlayers = [\n  { type = \"max_pool\", width = 3,\n    padding = \"full\" },\n]",
              {"not valid TOML"}},
        Wrong{"WrongChoice",
              "name = \"a\"\nlayers = [\n  { type = \"max_pool\", width = 3, padding = \"full\" },\n]",
              {"m.toml:3: max_pool: 'padding' must be 'valid', 'same' or 'ceil', not 'full'"}},
        Wrong{"WrongPadding",
              "name = \"a\"\nlayers = [\n  { type = \"conv\", filters = 1, width = 3, padding = [1] },\n]",
              {"m.toml:3: conv: 'padding' must be a list of whole numbers of length 2", "'valid' or 'same'"}},
        Wrong{"FractionOfAFilter",
              "name = \"a\"\nlayers = [\n  { type = \"conv\", filters = 1.5, width = 3 },\n]",
              {"m.toml:3: conv: 'filters' must be a whole number", "not 1.5"}},
        Wrong{"OutOfRange",
              "name = \"a\"\nlayers = [\n  { type = \"dropout\", rate = 1 },\n]",
              {"m.toml:3: dropout: 'rate' must be a number from 0 to 0.99, not 1"}},
        Wrong{"NestedLayer",
              "name = \"a\"\nlayers = [\n  { type = \"residual\", layers = [\n    { type = \"relu\" },\n    { type = "
              "\"gellu\" },\n  ] },\n]",
              {"m.toml:5: there is no layer type 'gellu'; did you mean 'gelu'?"}},
        Wrong{"EmptyGroup",
              "name = \"a\"\nlayers = [\n  { type = \"block\" },\n]",
              {"m.toml:3: block 'block1' needs 'layers'"}},
        Wrong{"LayersInALayer",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", layers = [{ type = \"relu\" }] },\n]",
              {"m.toml:3: relu has no key 'layers'"}},
        Wrong{"UnknownSource",
              "name = \"a\"\nlayers = [\n  { type = \"conv\", name = \"trunk\", filters = 1, width = 3 },\n  { type = "
              "\"relu\", from = \"trunc\" },\n]",
              {"m.toml:4: relu 'relu1' reads from 'trunc'", "did you mean 'trunk'?"}},
        Wrong{"SourceBehind",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", from = \"late\" },\n  { type = \"relu\", name = \"late\" "
              "},\n]",
              {"m.toml:3: relu 'relu1' reads from 'late', but nothing before it"}},
        Wrong{"OneInputToAdd",
              "name = \"a\"\nlayers = [\n  { type = \"add\", from = \"dna\" },\n]",
              {"m.toml:3: add 'add1' needs at least 2 inputs"}},
        Wrong{"TwoInputsToRelu",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", from = [\"dna\", \"dna\"] },\n]",
              {"m.toml:3: relu 'relu1' reads one input, not 2"}},
        Wrong{"SameName",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", name = \"x\" },\n  { type = \"relu\", name = \"x\" },\n]",
              {"m.toml:4: two layers or tracks are called 'x'"}},
        Wrong{"ReservedName",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", name = \"dna\" },\n]",
              {"m.toml:3", "'dna' is taken"}},
        Wrong{"SlashInName",
              "name = \"a\"\nlayers = [\n  { type = \"relu\", name = \"a/b\" },\n]",
              {"m.toml:3", "'a/b'"}},
        Wrong{"UnknownLoss",
              "name = \"a\"\nlayers = [{ type = \"flatten\" }]\noutputs = [\n  { loss = \"hinge\" },\n]",
              {"m.toml:4: an output: 'loss' must be 'bce_with_logits', "}},
        Wrong{"OutputFromNothing",
              "name = \"a\"\nlayers = [{ type = \"flatten\" }]\noutputs = [\n  { from = \"nothing\" },\n]",
              {"m.toml:4: output 'output' reads from 'nothing'"}},
        Wrong{"TwoOutputsOfOneName",
              "name = \"a\"\nlayers = [{ type = \"flatten\" }]\noutputs = [\n  { loss = \"mse\" },\n  { loss = \"mse\" "
              "},\n]",
              {"m.toml:5: two outputs are called 'output'"}},
        Wrong{"StrandsWithTracks",
              "name = \"a\"\ninput = { strands = \"max\" }\ntracks = [{ name = \"t\" }]\nlayers = [{ type = "
              "\"flatten\" }]",
              {"m.toml:2", "strands = 'max' is for models that read DNA alone"}},
        Wrong{"NothingToRead",
              "name = \"a\"\ninput = { dna = false }\nlayers = [{ type = \"flatten\" }]",
              {"m.toml:2", "needs at least one track"}},
        Wrong{"TrainingKey",
              "name = \"a\"\nlayers = [{ type = \"flatten\" }]\n[training]\nbatch = 3\nlearning_rat = 0.1\n",
              {"m.toml:5: [training] has no key 'learning_rat'; did you mean 'learning_rate'?"}},
        Wrong{"LayersNoList", "name = \"a\"\nlayers = 3", {"m.toml:2: 'layers' must be a list of tables"}},
        Wrong{"LayerNoTable", "name = \"a\"\nlayers = [\n3]", {"m.toml:3", "a table"}},
        Wrong{"Date", "name = \"a\"\nwhen = 2020-01-01", {"m.toml:2", "dates"}},
        Wrong{"NotFinite",
              "name = \"a\"\nlayers = [\n  { type = \"elu\", alpha = nan },\n]",
              {"m.toml:3: elu: 'alpha' must be a number, not nan"}},
        Wrong{"NoLayers", "name = \"a\"", {"m.toml", "a model needs at least one layer"}}),
    [](const auto& instance) { return instance.param.what; });

TEST(ModelFile, IsReadFromDisk) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_model(folder.write("m.toml", kWhole)), parse_model_toml(kWhole, "x"));
  expect_error(
      ErrorKind::input_file, [&] { load_model(folder.path("none.toml")); }, "none.toml", "cannot be read");
  expect_error(
      ErrorKind::input_file, [&] { load_model(folder.path()); }, "cannot be read");
  expect_error(
      ErrorKind::input_file, [&] { load_model(folder.write("empty.toml", "")); }, "empty.toml", "'name'");
}

TEST(ModelFile, WrongJsonIsAnErrorToo) {
  expect_error(
      ErrorKind::input_file, [] { parse_model_json("{", "model.safetensors"); }, "model.safetensors", "JSON");
  expect_error(
      ErrorKind::input_file, [] { parse_model_json("[]", "f"); }, "f: a model is a table");
  expect_error(
      ErrorKind::input_file, [] { parse_model_json(R"({"name": null})", "f"); }, "null");
  expect_error(
      ErrorKind::input_file, [] { parse_model_json(std::string(100000, '['), "f"); }, "f:");
  expect_error(
      ErrorKind::input_file,
      [] { parse_model_json(R"({"name": "a", "layers": [{"type": "conv", "fliters": 1}]})", "f"); },
      "f: conv has no key 'fliters'; did you mean 'filters'?");
}

}  // namespace
}  // namespace genocuda
