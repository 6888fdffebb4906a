// SPDX-License-Identifier: Apache-2.0
// Signals in the memory of the device change no result of a training.
#include "learn/data/resident_data.h"

#include <bit>
#include <limits>

#include <gtest/gtest.h>

#include "core/mixed_precision.h"
#include "learn/data/signals.h"
#include "learn/train/training_step.h"
#include "tests/learn/data/random_tracks.h"
#include "tests/learn/train/trained_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"
#include "tests/support/test_device.h"

namespace genocuda {
namespace {

constexpr std::int64_t kLength = 48;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// DNA and two strands of controls in, the profile of reads and their number out.
ModelSpec profile_net() {
  return parse_model_toml(R"(
name = "profile"
input = { length = 48 }
tracks = [{ name = "controls", channels = 2, length = 28 }]
layers = [
  { type = "conv", filters = 4, width = 7, from = "dna" },
  { type = "batch_norm" },
  { type = "relu" },
  { type = "crop", name = "body", left = 7, right = 7 },
  { type = "concat", name = "both", from = ["body", "controls"] },
  { type = "conv", name = "profile", filters = 2, width = 5 },
  { type = "global_max_pool", from = "both" },
  { type = "dense", name = "counts", units = 1 },
]
outputs = [
  { name = "profile", from = "profile", loss = "multinomial_nll", signal = "reads", channels = 2 },
  { name = "counts", from = "counts", loss = "mse", signal = "reads", channels = 2, measure = "log_total", bases = 24 },
]
)",
                          "profile.toml");
}

/// No DNA: a signal in bins, towards itself, the peaks in it, and the total of each strand of another.
ModelSpec denoising_net() {
  return parse_model_toml(R"(
name = "denoise"
input = { dna = false, length = 48 }
tracks = [{ name = "low", channels = 1, bin = 4, transform = "asinh" }]
layers = [
  { type = "conv", name = "body", filters = 4, width = 5, from = "low" },
  { type = "relu", name = "base" },
  { type = "conv", name = "clean", filters = 1, width = 3, from = "base" },
  { type = "conv", name = "peaks", filters = 1, width = 3, from = "base" },
  { type = "global_mean_pool", from = "base" },
  { type = "dense", name = "totals", units = 2 },
]
outputs = [
  { name = "clean", from = "clean", loss = "mse", signal = "low", channels = 1, bin = 4, transform = "asinh" },
  { name = "peaks", from = "peaks", loss = "bce_with_logits", signal = "peaks", channels = 1, bin = 4 },
  { name = "totals", from = "totals", loss = "mse", signal = "reads", channels = 2, measure = "log_total" },
]
)",
                          "denoise.toml");
}

/// Two towers and labels.
ModelSpec two_towers() {
  return parse_model_toml(R"(
name = "towers"
input = { length = 48 }
tracks = [{ name = "low", bin = 4, transform = "asinh" }]
layers = [
  { type = "conv", filters = 4, width = 7, from = "dna" },
  { type = "relu" },
  { type = "global_max_pool", name = "words" },
  { type = "global_mean_pool", name = "openness", from = "low" },
  { type = "concat", from = ["words", "openness"] },
  { type = "dense", name = "bound", units = 2 },
  { type = "dense", name = "counts", units = 1, from = "words" },
]
outputs = [
  { name = "counts", from = "counts", loss = "mse", signal = "reads", channels = 2, measure = "log_total" },
  { name = "bound", from = "bound", loss = "bce_with_logits" },
]
)",
                          "towers.toml");
}

/// Windows of both strands of two contigs, some over their ends; `missing` is what the signals have outside.
Examples windows_with_signals(const ModelSpec& spec, std::int64_t n, float missing = 0, std::uint64_t seed = 1) {
  Examples examples;
  examples.genome = random_genome({400, 130}, seed);
  examples.length = kLength;
  for (const SignalNeed& need : signal_needs(spec)) {
    const TrackOptions options{.bin = need.bin, .missing = need.input ? 0 : missing, .transform = need.transform};
    examples.signals[need.name] =
        random_tracks(*examples.genome, static_cast<int>(need.channels), options, seed + need.name.size());
  }
  philox::Generator random(seed, 3);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto contig = static_cast<std::int32_t>(random.below(2));
    const auto places = static_cast<std::uint32_t>(examples.genome->length(contig));
    examples.windows.push_back({contig, random.below(2) == 1 ? Strand::reverse : Strand::forward,
                                static_cast<std::int64_t>(random.below(places)) - kLength / 2});
  }
  if (spec.name == "towers") {
    examples.tasks = {"a", "b"};
    examples.labels = LabelMatrix(n, 2);
    for (std::int64_t i = 0; i < n; ++i) examples.labels.set(i, i % 2, static_cast<float>(i % 3 == 0));
    examples.labels.set(1, 1, kNan);
  }
  return examples;
}

TrainingSettings settings() {
  TrainingSettings settings;
  settings.optimizer = {.kind = OptimizerKind::adam};
  settings.batch = 16;
  settings.epochs = 2;
  settings.jitter = 5;
  settings.reverse_complement = true;
  settings.last_batch = LastBatch::keep;
  return settings;
}

struct Net {
  std::string name;
  ModelSpec (*spec)();
  float missing;
};

class ResidentSignals : public ::testing::TestWithParam<Net> {};

TEST_P(ResidentSignals, ChangeNoBitOfATraining) {
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 40, GetParam().missing);
  const Examples valid = subset(data, std::vector<std::int64_t>{3, 1, 4, 15, 9, 2, 6, 5, 35});
  const auto device = make_test_device();
  std::string place;
  const std::string sent = trained_bytes(*device, spec, settings(), data, &valid, DataPlacement::host, &place);
  EXPECT_EQ(place, "on the host");
  EXPECT_EQ(trained_bytes(*device, spec, settings(), data, &valid, DataPlacement::device, &place), sent);
  EXPECT_EQ(place, fmt::format("0.0 MB on {}", device->name()));
}

TEST_P(ResidentSignals, ChangeNoBitWhereTensorsAreStoredInBf16) {
  const auto device = make_test_device();
  if (!offers(*device, Precision::bf16)) GTEST_SKIP() << "bf16 is for devices that store it";
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 32);
  TrainingSettings how = settings();
  how.epochs = 1;
  how.precision = Precision::bf16;
  EXPECT_EQ(trained_bytes(*device, spec, how, data, nullptr, DataPlacement::device),
            trained_bytes(*device, spec, how, data, nullptr, DataPlacement::host));
}

TEST_P(ResidentSignals, OfValidationMayBeOthers) {
  const ModelSpec spec = GetParam().spec();
  const Examples data = windows_with_signals(spec, 16), valid = windows_with_signals(spec, 9, 0, 20);
  TrainingSettings how = settings();
  how.epochs = 1;
  const auto device = make_test_device();
  EXPECT_EQ(trained_bytes(*device, spec, how, data, &valid, DataPlacement::device),
            trained_bytes(*device, spec, how, data, &valid, DataPlacement::host));
}

TEST_P(ResidentSignals, GiveTheTargetsThatWouldHaveBeenSent) {
  const ModelSpec spec = GetParam().spec();
  const Examples examples = windows_with_signals(spec, 60, GetParam().missing);
  const std::vector<HeadColumns> heads = head_columns(spec, {kLength, examples.task_count()});
  const auto device = make_test_device();
  const ResidentData resident(*device, spec, examples, heads, {});
  Graph graph;
  const std::vector<TargetValues> values = resident.targets(graph, 60);
  for (std::size_t h = 0; h < heads.size(); ++h) graph.output(heads[h].name, values[h].labels);
  VariableStore variables(*device);
  // What is missing is no fault.
  Executable executable(graph, variables, {.check_finite = true}, resident.shared());

  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < 60; ++i) all.push_back(i);
  Batch batch{.filled = 60, .inputs = {}, .targets = {}, .rows = all, .target_places = {}};
  for (const HeadColumns& head : heads) {
    batch.target_places.push_back(
        head.signal ? resident.windows().places(head.signal->name, examples.windows, head.signal->bases)
                    : std::vector<std::int64_t>());
  }
  resident.write(executable, batch);
  executable.run();
  fill_targets(heads, {}, examples, all, examples.windows, 60, batch.targets);
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const std::vector<float> given = executable.read<float>(heads[h].name);
    ASSERT_EQ(given.size(), batch.targets[h].labels.size()) << heads[h].name;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const float sent = batch.targets[h].labels[i];
      missing += std::isnan(sent);
      EXPECT_TRUE(given[i] == sent || (std::isnan(given[i]) && std::isnan(sent)))
          << heads[h].name << " of " << i << ": " << given[i] << " and not " << sent;
    }
    const bool some_lack = heads[h].signal && std::isnan(GetParam().missing) && heads[h].signal->name != "low";
    EXPECT_EQ(missing > 0, some_lack || heads[h].name == "bound") << heads[h].name;
  }
}

const Net kNets[] = {{"profiles", profile_net, 0},
                     {"denoising", denoising_net, 0},
                     {"denoising_without_values", denoising_net, kNan},
                     {"labels_and_signals", two_towers, 0}};
INSTANTIATE_TEST_SUITE_P(Nets, ResidentSignals, ::testing::ValuesIn(kNets),
                         [](const auto& net) { return net.param.name; });

TEST(ResidentData, IsSentWhereItDoesNotFit) {
  const ModelSpec spec = denoising_net();
  const Examples data = windows_with_signals(spec, 32);
  TrainingSettings how = settings();
  how.epochs = 1;
  FarDevice plenty(std::size_t{1} << 40);
  const std::string expected = trained_bytes(plenty, spec, how, data, nullptr, DataPlacement::host);
  FarDevice tight(plenty.most + 100);
  std::string place;
  EXPECT_EQ(trained_bytes(tight, spec, how, data, nullptr, DataPlacement::automatic, &place), expected);
  EXPECT_EQ(place, "on the host: they do not fit on far beside the network");
  EXPECT_EQ(tight.used, 0u);
  expect_error(
      ErrorKind::out_of_memory, [&] { trained_bytes(tight, spec, how, data, nullptr, DataPlacement::device); },
      "do not fit");
}

}  // namespace
}  // namespace genocuda
