// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/philox.h"
#include "host/cpu_device.h"
#include "learn/data/signals.h"
#include "learn/predict/predictor.h"
#include "learn/train/fingerprint.h"
#include "learn/train/sampler.h"
#include "learn/train/trainer.h"
#include "learn/train/training_step.h"
#include "tests/learn/data/random_tracks.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/given_track.h"

namespace genocuda {
namespace {

constexpr std::int64_t kLength = 48;

/// A profile over the middle 24 bases and its total, from DNA.
ModelSpec profile_net() {
  return parse_model_toml(R"(
name = "profile-net"
input = { length = 48 }
layers = [
  { type = "conv", filters = 8, width = 7, padding = "same" },
  { type = "relu" },
  { type = "crop", name = "middle", left = 10, right = 10 },
  { type = "conv", name = "profile", filters = 2, width = 5 },
  { type = "global_max_pool", name = "pooled", from = "middle" },
  { type = "dense", name = "counts", units = 1 },
]
outputs = [
  { name = "profile", from = "profile", loss = "multinomial_nll", signal = "reads", channels = 2 },
  { name = "counts", from = "counts", loss = "mse", signal = "reads", channels = 2, measure = "log_total", bases = 24, weight = 10 },
]
)",
                          "profile.toml");
}

/// Windows of a genome on which reads start three bases behind every ACG of the forward strand and, of the other
/// strand's reads, three before every CGT.
Examples reads_behind_motifs(std::int64_t windows, std::uint64_t seed) {
  Examples examples;
  examples.genome = random_genome({20000}, seed);
  examples.length = kLength;
  const std::string letters = examples.genome->sequence(0).letters(0, 20000);
  std::vector<TrackSource> sources;
  for (const bool reverse : {false, true}) {
    auto track = std::make_shared<GivenTrack>(contig_sizes_of(*examples.genome));
    const std::string motif = reverse ? "CGT" : "ACG";
    for (std::size_t at = letters.find(motif); at < 19990; at = letters.find(motif, at + 1)) {
      const auto start = static_cast<std::int64_t>(at) + (reverse ? -1 : 3);
      if (start >= 0) track->runs[0].push_back({start, start + 1, 20});
    }
    sources.push_back({reverse ? "minus" : "plus", track, reverse ? "plus" : "minus"});
  }
  examples.signals["reads"] = std::make_shared<const Tracks>(*examples.genome, sources, TrackOptions{});
  philox::Generator random(seed, 9);
  for (std::int64_t i = 0; i < windows; ++i) examples.windows.push_back({0, Strand::forward, random.below(19900)});
  return examples;
}

TrainingSettings settings() {
  TrainingSettings settings;
  settings.optimizer = {.kind = OptimizerKind::adam};
  settings.learning_rate = 0.02;
  settings.batch = 32;
  settings.epochs = 12;
  settings.jitter = 5;
  settings.reverse_complement = true;
  return settings;
}

TEST(SignalTargets, FollowTheWindowsThatJitterAndStrandMove) {
  const Examples examples = reads_behind_motifs(40, 1);
  const std::vector<HeadColumns> heads = head_columns(profile_net(), {kLength, 0});
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].count, 48);
  EXPECT_EQ(heads[0].signal->bases, 24);
  EXPECT_EQ(heads[1].first, 48);
  const TrainingSampler sampler(examples, settings(), heads);
  const std::vector<std::int64_t> order = sampler.order(3);
  Batch batch;
  sampler.fill(order, 3, 0, WindowInputs(profile_net(), {kLength, 0}), batch);
  int flipped = 0;
  for (std::size_t row = 0; row < 32; ++row) {
    const Window window = augmented(examples.windows[static_cast<std::size_t>(order[row])], settings(), 3, order[row]);
    flipped += window.strand == Strand::reverse;
    const Window middle{0, window.strand, window.start + 12};
    std::vector<float> expected(48);
    pack_tracks(*examples.signals.at("reads"), {&middle, 1}, 24, expected.data());
    const auto labels = batch.targets[0].labels.begin() + static_cast<std::ptrdiff_t>(row) * 48;
    EXPECT_EQ(std::vector<float>(labels, labels + 48), expected);
    float total = 0;
    for (const float value : expected) total += value;
    EXPECT_FLOAT_EQ(batch.targets[1].labels[row], std::log1p(total));
    EXPECT_EQ(batch.targets[0].weights[row], 1);
  }
  EXPECT_GT(flipped, 5);
  EXPECT_LT(flipped, 27);
}

TEST(SignalTraining, LearnsWhereReadsStartAndHowMany) {
  const Examples train = reads_behind_motifs(512, 1), valid = reads_behind_motifs(128, 2),
                 test = reads_behind_motifs(256, 3);
  const auto device = make_cpu_device(1);
  const TrainingResult result = Trainer(profile_net(), settings(), *device, train, &valid).run();
  EXPECT_EQ(result.figure, "loss");
  Predictor predictor(result.model, *device);
  EXPECT_EQ(predictor.columns(), 49);
  const MetricsReport report = predictor.evaluate(test);
  ASSERT_EQ(report.tasks.size(), 2u);
  EXPECT_EQ(report.tasks[0].name, "profile");
  EXPECT_LT(report.tasks[0].figures.jsd.value(), 0.5 * report.tasks[0].figures.jsd_average.value());
  EXPECT_EQ(report.tasks[1].name, "counts");
  EXPECT_GT(report.tasks[1].figures.pearson.value(), 0.8);
  const std::vector<float> rows = predictor.predict(subset(test, std::vector<std::int64_t>{0, 1, 2}));
  ASSERT_EQ(rows.size(), 3u * 49);
  float sum = 0;
  for (std::size_t i = 49; i < 49 + 48; ++i) sum += rows[i];
  EXPECT_NEAR(sum, 1, 1e-5) << "a profile is a distribution";
}

/// DNA in one tower, a signal in the other; labels that depend on both.
ModelSpec two_towers() {
  return parse_model_toml(R"(
name = "two-towers"
input = { length = 48 }
tracks = [{ name = "atac", bin = 4, transform = "asinh" }]
layers = [
  { type = "conv", filters = 6, width = 7, padding = "same", from = "dna" },
  { type = "batch_norm" },
  { type = "relu" },
  { type = "global_max_pool", name = "words" },
  { type = "global_mean_pool", name = "openness", from = "atac" },
  { type = "concat", from = ["words", "openness"] },
  { type = "batch_norm" },
  { type = "dense", units = 8 },
  { type = "relu" },
  { type = "dense", units = "tasks" },
]
)",
                          "towers.toml");
}

Examples motif_where_open(std::int64_t windows, std::uint64_t seed) {
  Examples examples = reads_behind_motifs(windows, seed);
  const auto atac = random_tracks(*examples.genome, 1, {.bin = 4, .transform = TrackTransform::asinh}, seed);
  examples.signals = {{"atac", atac}};
  examples.tasks = {"bound"};
  examples.labels = LabelMatrix(windows, 1);
  std::vector<float> signal(12);
  for (std::int64_t i = 0; i < windows; ++i) {
    const Window& window = examples.windows[static_cast<std::size_t>(i)];
    pack_tracks(*atac, {&window, 1}, kLength, signal.data());
    float open = 0;
    for (const float value : signal) open += value / 12;
    const bool motif = examples.genome->sequence(0).letters(window.start, kLength).find("ACG") != std::string::npos;
    examples.labels.set(i, 0, motif && open > 1.35f ? 1 : 0);
  }
  return examples;
}

TEST(SignalTraining, TwoTowersLearnWhatNeitherTowerKnows) {
  const Examples train = motif_where_open(1024, 1), valid = motif_where_open(256, 2), test = motif_where_open(512, 3);
  TrainingSettings how = settings();
  how.jitter = 0;
  how.reverse_complement = false;
  how.epochs = 15;
  const auto device = make_cpu_device(1);
  const auto auroc = [&](const ModelSpec& spec) {
    const TrainingResult result = Trainer(spec, how, *device, train, &valid).run();
    return Predictor(result.model, *device).evaluate(test).tasks.at(0).figures.auroc.value();
  };
  const double both = auroc(two_towers()), dna_alone = auroc(toy::net());
  EXPECT_GT(both, 0.93);
  EXPECT_GT(both, dna_alone + 0.05);
}

TEST(SignalTraining, DataAndModelMustGoTogether) {
  const auto device = make_cpu_device(1);
  const Examples labelled = motif_where_open(64, 1), signals = reads_behind_motifs(64, 1);
  const auto refuse = [&](const ModelSpec& spec, const Examples& data, const std::string& part) {
    expect_error(
        ErrorKind::invalid_argument, [&] { Trainer(spec, settings(), *device, data, nullptr); }, part);
  };
  refuse(two_towers(), signals, "no labels");
  refuse(profile_net(), labelled, "signals alone");
  Examples without = signals;
  without.signals.clear();
  refuse(profile_net(), without, "needs the signal 'reads'");

  const auto with_values = [&](float value) {
    auto track = std::make_shared<GivenTrack>(contig_sizes_of(*signals.genome));
    track->runs[0].push_back({19990, 20000, value});
    const std::vector<TrackSource> sources = {{"plus", track, "minus"}, {"minus", track, "plus"}};
    Examples data = signals;
    data.signals["reads"] = std::make_shared<const Tracks>(*signals.genome, sources, TrackOptions{});
    return data;
  };
  refuse(profile_net(), with_values(1), "signal 'reads' is 0 in all 64 windows");
  Examples beside = with_values(1);
  beside.windows.assign(64, {0, Strand::forward, 19948});
  refuse(profile_net(), beside, "in the middle 24 bases that output 'profile' learns");
  refuse(profile_net(), with_values(-2), "'reads' is -2 at chr1:19990");
}

TEST(SignalTraining, TheFingerprintKnowsTheSignals) {
  const Examples examples = reads_behind_motifs(8, 1);
  Examples other = examples;
  other.signals["reads"] = random_tracks(*examples.genome, 2, {}, 5);
  EXPECT_NE(fingerprint(examples), fingerprint(other));
}

}  // namespace
}  // namespace genocuda
