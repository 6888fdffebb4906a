// SPDX-License-Identifier: Apache-2.0
#include "genocuda/model.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "genocuda/device.h"
#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

class ModelTest : public testing::Test {
 protected:
  void SetUp() override {
    TrainingSettings settings = toy::settings();
    settings.epochs = 1;
    const auto device = open_device("cpu:1");
    const Examples data = toy::motifs(64, 1);
    const TrainingResult result =
        Trainer(toy::net(), settings, *device, data, nullptr, {.directory = folder_.path()}).run();
    expected_ = Predictor(result.model, *device).predict(examples_);
    for (const Window& window : examples_.windows) {
      sequences_.push_back(examples_.genome->sequence(window.contig).letters());
    }
  }

  std::string path() const { return folder_.path("model.safetensors"); }

  TemporaryFolder folder_;
  const Examples examples_ = toy::motifs(10, 2);
  std::vector<std::string> sequences_;
  std::vector<float> expected_;
};

TEST_F(ModelTest, PredictsWhatThePredictorDoes) {
  Model model = Model::load(path(), "cpu:1");
  EXPECT_EQ(model.tasks(), (std::vector<std::string>{"ap1", "ecori"}));
  EXPECT_EQ(model.columns(), 2);
  ASSERT_EQ(model.outputs().size(), 1u);
  EXPECT_EQ(model.outputs()[0].count, 2);
  EXPECT_EQ(model.length(), toy::kLength);
  EXPECT_FALSE(model.device().empty());
  EXPECT_EQ(model.predict(sequences_), expected_);
  std::ranges::transform(sequences_[0], sequences_[0].begin(), [](char letter) { return letter | 0x20; });
  Model moved = std::move(model);
  EXPECT_EQ(moved.predict(sequences_), expected_) << "lower case is the same";
  EXPECT_TRUE(moved.predict({}).empty());
}

TEST_F(ModelTest, GivesProfilesAndTotalsOfModelsOfSignals) {
  constexpr const char* kProfile = R"(
name = "profile"
input = { length = 40 }
layers = [
  { type = "conv", name = "profile", filters = 2, width = 11 },
  { type = "global_mean_pool", from = "profile" },
  { type = "dense", name = "counts", units = 1 },
]
outputs = [
  { name = "profile", from = "profile", loss = "multinomial_nll", signal = "reads", channels = 2 },
  { name = "counts", from = "counts", loss = "mse", signal = "reads", channels = 2, measure = "log_total" },
]
)";
  const auto device = open_device("cpu:1");
  const auto write = [&](const ModelSpec& spec) {
    VariableStore variables(*device);
    Graph graph;
    const ModelSize size{toy::kLength, 0};
    const ModelInputs inputs = make_inputs(graph, spec, size, 1);
    const BuiltModel built = build_model(graph, spec, size, inputs, {});
    initialise(variables, built, 1);
    std::vector<std::string> names;
    for (const auto& [name, type] : model_tensors(spec, size)) names.push_back(name);
    write_trained_model(folder_.path("signals.safetensors"), {with_size(spec, size), {}, save(variables, names)});
  };
  const ModelSpec spec = parse_model_toml(kProfile, "profile.toml");
  write(spec);
  Model model = Model::load(folder_.path("signals.safetensors"), "cpu:1");
  EXPECT_EQ(model.columns(), 61);
  ASSERT_EQ(model.outputs().size(), 2u);
  EXPECT_EQ(model.outputs()[1].name, "counts");
  EXPECT_EQ(model.outputs()[1].first, 60);
  EXPECT_TRUE(model.tasks().empty());
  const std::vector<float> rows = model.predict(sequences_);
  ASSERT_EQ(rows.size(), sequences_.size() * 61);
  EXPECT_NEAR(std::accumulate(rows.begin(), rows.begin() + 60, 0.0), 1, 1e-6);

  ModelSpec reading = spec;
  reading.tracks = {{.name = "controls"}};
  write(reading);
  expect_error(
      ErrorKind::input_file, [&] { Model::load(folder_.path("signals.safetensors")); }, "signals.safetensors",
      "'controls'");
}

TEST_F(ModelTest, AveragesBothStrands) {
  Model model = Model::load(path());
  std::vector<std::string> reversed;
  for (const Window& window : examples_.windows) {
    reversed.push_back(examples_.genome->sequence(window.contig).letters(0, toy::kLength, Strand::reverse));
  }
  const std::vector<float> forward = model.predict(sequences_), reverse = model.predict(reversed);
  const std::vector<float> both = model.predict(sequences_, true), again = model.predict(reversed, true);
  for (std::size_t i = 0; i < both.size(); ++i) {
    EXPECT_NEAR(both[i], (forward[i] + reverse[i]) / 2, 1e-6);
    EXPECT_NEAR(both[i], again[i], 1e-6);
  }
}

TEST_F(ModelTest, ServesThreadsThatHaveOneEach) {
  for (const std::string device : {"cpu:2", "auto"}) {
    const std::vector<float> alone = Model::load(path(), device).predict(sequences_, true);
    std::vector<std::vector<float>> found(4);
    std::vector<std::thread> threads;
    for (std::vector<float>& mine : found) {
      threads.emplace_back([&] {
        for (int round = 0; round < 3; ++round) mine = Model::load(path(), device).predict(sequences_, true);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<float>& each : found) EXPECT_EQ(each, alone) << device;
  }
}

TEST_F(ModelTest, TakesAPrecision) {
  const std::vector<float> found = Model::load(path(), "auto", Precision::bf16).predict(sequences_);
  for (std::size_t i = 0; i < expected_.size(); ++i) EXPECT_NEAR(found[i], expected_[i], 1e-2);
}

TEST_F(ModelTest, SaysWhichSequenceIsWrong) {
  Model model = Model::load(path());
  sequences_[3].pop_back();
  expect_error(
      ErrorKind::invalid_argument, [&] { model.predict(sequences_); }, "sequence 4", "39", "40");
  sequences_[3] += 'J';
  expect_error(
      ErrorKind::invalid_argument, [&] { model.predict(sequences_); }, "sequence 4", "position 40", "'J'");
  sequences_[3].back() = '\n';
  expect_error(
      ErrorKind::invalid_argument, [&] { model.predict(sequences_); }, "sequence 4", "position 40");
}

TEST_F(ModelTest, IsNotLoadedFromAnythingElse) {
  expect_error(
      ErrorKind::input_file, [&] { Model::load(folder_.path("absent")); }, folder_.path("absent"));
  expect_error(
      ErrorKind::input_file, [&] { Model::load(folder_.path("checkpoint.safetensors")); }, "checkpoint");
  expect_error(
      ErrorKind::invalid_argument, [&] { Model::load(path(), "tpu"); }, "tpu");
}

}  // namespace
}  // namespace genocuda
