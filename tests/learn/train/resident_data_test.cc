// SPDX-License-Identifier: Apache-2.0
// Data in the memory of the device change no result.
#include <functional>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "core/dna.h"
#include "core/error.h"
#include "core/philox.h"
#include "host/cpu_device.h"
#include "learn/predict/predictor.h"
#include "learn/train/sampler.h"
#include "learn/train/trainer.h"
#include "learn/train/training_step.h"
#include "tests/learn/train/trained_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"

namespace genocuda {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 40;

/// Windows of all kinds on three contigs: at and beyond their ends, on both strands, with N, some overlapping.
Examples windows_of_a_genome(std::int64_t n, std::int64_t length) {
  philox::Generator random(5, 1);
  auto genome = std::make_shared<Genome>("three contigs");
  for (const std::int64_t bases : {333, 64, 97}) {
    std::string letters;
    for (std::int64_t i = 0; i < bases; ++i) letters += random.below(12) == 0 ? 'N' : dna::kLetters[random.below(4)];
    genome->add("chr" + std::to_string(genome->size() + 1), PackedSequence(letters));
  }
  Examples examples;
  examples.length = length;
  examples.tasks = {"a", "b"};
  examples.labels = LabelMatrix(n, 2);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto contig = static_cast<std::int32_t>(random.below(3));
    const auto places = static_cast<std::uint32_t>(genome->length(contig) + length);
    examples.windows.push_back({contig, random.below(2) == 1 ? Strand::reverse : Strand::forward,
                                static_cast<std::int64_t>(random.below(places)) - length});
    for (std::int64_t task = 0; task < 2; ++task) examples.labels.set(i, task, static_cast<float>(random.below(2)));
  }
  examples.labels.set(1, 1, std::numeric_limits<float>::quiet_NaN());
  examples.genome = std::move(genome);
  return examples;
}

TEST(ResidentGenome, GivesTheRowsThatWouldHaveBeenSent) {
  const auto device = make_cpu_device(1);
  for (const std::int64_t length : {1, 16, 33, 50, 120}) {
    const Examples examples = windows_of_a_genome(200, length);
    const ResidentGenome resident(*device, examples.genome);
    Graph graph;
    graph.output("dna", resident.windows(graph, examples.size(), length));
    VariableStore variables(*device);
    Executable executable(graph, variables, {}, resident.shared());
    executable.write(ResidentGenome::kPlaces, std::span<const std::int64_t>(resident.places(examples.windows)));
    executable.run();

    std::vector<std::uint32_t> expected(executable.output("dna").type.bytes() / sizeof(std::uint32_t));
    pack_windows(*examples.genome, examples.windows, length, expected.data());
    EXPECT_EQ(executable.read<std::uint32_t>("dna"), expected) << "windows of " << length;
  }
}

struct Setting {
  std::string name;
  std::function<void(TrainingSettings&, Examples&)> change;
};

class Placement : public ::testing::TestWithParam<Setting> {};

TEST_P(Placement, ChangesNoBit) {
  Examples data = windows_of_a_genome(150, toy::kLength);
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  settings.reverse_complement = true;
  GetParam().change(settings, data);
  const Examples valid = subset(data, std::vector<std::int64_t>{3, 1, 4, 15, 9, 2, 6, 53, 58, 97});
  const auto device = make_cpu_device(1);
  FarDevice far(kPlenty);
  std::string place;
  const std::string streamed =
      trained_bytes(*device, toy::net(), settings, data, &valid, DataPlacement::automatic, &place);
  EXPECT_EQ(place, "on the host");
  EXPECT_EQ(trained_bytes(*device, toy::net(), settings, data, &valid, DataPlacement::device), streamed);
  EXPECT_EQ(trained_bytes(far, toy::net(), settings, data, &valid, DataPlacement::host), streamed) << "read late";
  EXPECT_EQ(trained_bytes(far, toy::net(), settings, data, &valid, DataPlacement::automatic, &place), streamed);
  EXPECT_EQ(place, "0.0 MB on far");
}

const Setting kSettings[] = {
    {"binary_labels", [](TrainingSettings&, Examples&) {}},
    {"any_labels", [](TrainingSettings&, Examples& data) { data.labels.set(0, 0, 0.25f); }},
    {"balanced",
     [](TrainingSettings& settings, Examples&) {
       settings.class_weights = {ClassWeights::Kind::balanced, {}};
     }},
    {"a_smaller_last_batch", [](TrainingSettings& settings, Examples&) { settings.last_batch = LastBatch::keep; }},
    {"one_batch", [](TrainingSettings& settings, Examples&) { settings.batch = 1000; }},
};
INSTANTIATE_TEST_SUITE_P(Settings, Placement, ::testing::ValuesIn(kSettings),
                         [](const auto& setting) { return setting.param.name; });

TEST(Placement, ValidationMayHaveAGenomeOfItsOwn) {
  const Examples data = toy::motifs(64, 1), valid = toy::motifs(20, 2);
  TrainingSettings settings = toy::settings();
  settings.epochs = 1;
  const auto device = make_cpu_device(1);
  EXPECT_EQ(trained_bytes(*device, toy::net(), settings, data, &valid, DataPlacement::device),
            trained_bytes(*device, toy::net(), settings, data, &valid, DataPlacement::host));
}

TEST(Placement, WeightsOfRowsAndSeveralOutputs) {
  const ModelSpec spec = parse_model_toml(R"(
name = "two"
layers = [
  { type = "flatten" },
  { type = "dense", name = "kind", units = 3, from = "flatten1" },
  { type = "dense", name = "site", units = 1, from = "flatten1" },
]
outputs = [
  { name = "kind", from = "kind", loss = "softmax_cross_entropy" },
  { name = "site", from = "site", loss = "bce_with_logits" },
]
)",
                                          "two.toml");
  Examples data = windows_of_a_genome(90, toy::kLength);
  data.tasks = {"promoter", "enhancer", "neither", "bound"};
  data.labels = LabelMatrix(90, 4);
  for (std::int64_t i = 0; i < 90; ++i) {
    data.labels.set(i, i * i % 3, 1);
    data.labels.set(i, 3, static_cast<float>(i % 5 == 0));
  }
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  settings.class_weights = {ClassWeights::Kind::positives, {2, 3, 0.5, 4}};
  const auto device = make_cpu_device(1);
  EXPECT_EQ(trained_bytes(*device, spec, settings, data, nullptr, DataPlacement::device),
            trained_bytes(*device, spec, settings, data, nullptr, DataPlacement::host));
}

TEST(Placement, StreamsWhatDoesNotFitAndSaysSo) {
  const Examples data = windows_of_a_genome(150, toy::kLength);
  TrainingSettings settings = toy::settings();
  settings.epochs = 1;
  FarDevice plenty(kPlenty);
  const std::string expected = trained_bytes(plenty, toy::net(), settings, data, nullptr, DataPlacement::host);
  const std::size_t network = plenty.most;
  EXPECT_EQ(plenty.used, 0u);

  FarDevice tight(network + 100);
  std::string place;
  EXPECT_EQ(trained_bytes(tight, toy::net(), settings, data, nullptr, DataPlacement::automatic, &place), expected);
  EXPECT_EQ(place, "on the host: they do not fit on far beside the network");
  expect_error(
      ErrorKind::out_of_memory,
      [&] { trained_bytes(tight, toy::net(), settings, data, nullptr, DataPlacement::device); }, "training",
      "would fit");
  FarDevice tiny(network / 2);
  expect_error(
      ErrorKind::out_of_memory,
      [&] { trained_bytes(tiny, toy::net(), settings, data, nullptr, DataPlacement::automatic); }, "training",
      "would fit");
}

TEST(LastBatch, KeptIsABatchOfItsOwn) {
  const Examples data = windows_of_a_genome(70, toy::kLength);
  TrainingSettings settings = toy::settings();
  settings.batch = 32;
  const TrainingSampler dropping(data, settings, {{"output", LossKind::bce_with_logits, 1, 0, 2}});
  EXPECT_EQ(dropping.steps_per_epoch(), 2);
  EXPECT_EQ(dropping.batches(), std::vector<std::int64_t>{32});
  settings.last_batch = LastBatch::keep;
  const TrainingSampler keeping(data, settings, dropping.heads());
  EXPECT_EQ(keeping.steps_per_epoch(), 3);
  EXPECT_EQ(keeping.batches(), (std::vector<std::int64_t>{32, 6}));
  EXPECT_EQ(keeping.examples_per_epoch(), 70);

  const auto device = make_cpu_device(1);
  const ResidentWindows windows(*device, toy::net(), data, true);
  std::multiset<std::int64_t> seen;
  Batch batch;
  for (std::int64_t step = 0; step < 3; ++step) {
    keeping.fill(keeping.order(0), 0, step, WindowInputs(toy::net(), {toy::kLength, 2}, &windows), batch);
    EXPECT_EQ(batch.filled, step < 2 ? 32 : 6);
    seen.insert(batch.rows.begin(), batch.rows.end());
  }
  std::multiset<std::int64_t> all;
  for (std::int64_t i = 0; i < 70; ++i) all.insert(i);
  EXPECT_EQ(seen, all);
}

TEST(History, KeepsTheResultsOfStepsThatNobodyWaitedFor) {
  const Examples data = windows_of_a_genome(320, toy::kLength);
  const TrainingSettings settings = toy::settings();
  const TrainingSampler sampler(data, settings, {{"output", LossKind::bce_with_logits, 1, 0, 2}});
  const auto losses = [&](bool wait) {
    const auto device = make_cpu_device(1);
    VariableStore variables(*device);
    TrainingStep step(toy::net(), {toy::kLength, 2}, sampler.batches(), settings, variables);
    std::vector<double> all;
    const auto take = [&] {
      for (const StepResult& result : step.results()) {
        all.insert(all.end(), {result.loss, result.gradient_norm, result.outputs[0].loss, result.outputs[0].divisor});
      }
    };
    Batch batch;
    for (std::int64_t number = 1; number <= 300; ++number) {
      sampler.fill(sampler.order(number / 10), number / 10, number % 10, step.inputs(), batch);
      if (step.waiting() == TrainingStep::kMostWaiting) take();
      step.start(batch, number, 0.01);
      if (wait) take();
    }
    take();
    EXPECT_EQ(step.waiting(), 0);
    return all;
  };
  const std::vector<double> waited = losses(true);
  EXPECT_EQ(waited.size(), 4u * 300);
  EXPECT_EQ(losses(false), waited);
}

TEST(History, TheFirstStepThatIsNotFiniteIsTheLastThatTrains) {
  Examples data = windows_of_a_genome(96, toy::kLength);
  const TrainingSettings settings = toy::settings();
  const TrainingSampler sampler(data, settings, {{"output", LossKind::bce_with_logits, 1, 0, 2}});
  const auto order = sampler.order(0);
  const auto device = make_cpu_device(1);
  VariableStore variables(*device);
  TrainingStep step(toy::net(), {toy::kLength, 2}, sampler.batches(), settings, variables);
  Batch batch;
  const auto start = [&](std::int64_t number, float label) {
    sampler.fill(order, 0, number - 1, step.inputs(), batch);
    batch.targets[0].labels[0] = label;
    step.start(batch, number, 0.01);
  };
  start(1, 1);
  const std::vector<std::byte> before = variables.read("conv1/filters");
  start(2, std::numeric_limits<float>::infinity());
  start(3, 1);  // the guard stays
  const std::vector<StepResult> results = step.results();
  ASSERT_EQ(results.size(), 3u);
  EXPECT_TRUE(results[0].finite());
  EXPECT_FALSE(results[1].finite());
  EXPECT_EQ(variables.read("conv1/filters"), before);
}

TEST(History, AFaultIsFoundInTheMemoryThatTheStepsHad) {
  const Examples data = windows_of_a_genome(96, toy::kLength);
  TrainingSettings settings = toy::settings();
  settings.epochs = 1;
  FarDevice plenty(kPlenty);
  trained_bytes(plenty, toy::net(), settings, data, nullptr, DataPlacement::host);

  settings.optimizer = {.kind = OptimizerKind::sgd};
  settings.learning_rate = 1000;
  settings.weight_decay = 10;  // the weights grow ten thousandfold a step
  settings.epochs = 20;
  FarDevice tight(plenty.most + plenty.most / 4);
  expect_error(
      ErrorKind::invalid_argument,
      [&] { trained_bytes(tight, toy::net(), settings, data, nullptr, DataPlacement::host); }, "diverged at step",
      "not finite");
}

}  // namespace
}  // namespace genocuda
