// SPDX-License-Identifier: Apache-2.0
#include "tests/learn/data/signal_nets.h"

#include <limits>

#include "learn/data/signals.h"
#include "tests/learn/data/random_tracks.h"

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

}  // namespace

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

const std::vector<SignalNet>& signal_nets() {
  static const std::vector<SignalNet> nets{{"profiles", profile_net, 0},
                                           {"denoising", denoising_net, 0},
                                           {"denoising_without_values", denoising_net, kNan},
                                           {"labels_and_signals", two_towers, 0}};
  return nets;
}

Examples windows_with_signals(const ModelSpec& spec, std::int64_t n, float missing, std::uint64_t seed) {
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

}  // namespace genocuda
