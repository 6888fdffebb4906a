// SPDX-License-Identifier: Apache-2.0
#include "tests/learn/train/toy.h"

#include <array>
#include <fstream>
#include <iterator>
#include <limits>
#include <regex>

#include "core/dna.h"
#include "core/philox.h"

namespace genocuda::toy {

Examples motifs(std::int64_t n, std::uint64_t seed) {
  const std::array<std::string, 2> sites{"TGACTCA", "CCGAATTCGG"};
  philox::Generator random(seed, 77);
  auto genome = std::make_shared<Genome>("motifs");
  Examples examples;
  examples.length = kLength;
  examples.tasks = {"ap1", "ecori"};
  examples.labels = LabelMatrix(n, 2);
  for (std::int64_t i = 0; i < n; ++i) {
    std::string letters;
    for (std::int64_t k = 0; k < kLength; ++k) letters += dna::kLetters[random.below(4)];
    for (std::int64_t task = 0; task < 2; ++task) {
      const std::string& site = sites[static_cast<std::size_t>(task)];
      const bool planted = random.below(2) == 1;
      // Each task has a half of the sequence to itself.
      const auto room = static_cast<std::uint32_t>(kLength / 2) - static_cast<std::uint32_t>(site.size());
      const std::size_t place = static_cast<std::size_t>(task * kLength / 2) + random.below(room);
      if (planted) letters.replace(place, site.size(), site);
      const bool missing = random.below(20) == 0;
      examples.labels.set(i, task, missing ? std::numeric_limits<float>::quiet_NaN() : planted ? 1.0f : 0.0f);
    }
    examples.windows.push_back({genome->add("", PackedSequence(letters)), Strand::forward, 0});
  }
  examples.genome = std::move(genome);
  return examples;
}

Examples with_random_labels(Examples examples, std::uint64_t seed) {
  philox::Generator random(seed, 78);
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    for (std::int64_t task = 0; task < 2; ++task) examples.labels.set(i, task, static_cast<float>(random.below(2)));
  }
  return examples;
}

ModelSpec net() {
  return parse_model_toml(R"(
name = "toy"
layers = [
  { type = "conv", filters = 12, width = 11, padding = "same" },
  { type = "batch_norm" },
  { type = "relu" },
  { type = "global_max_pool" },
  { type = "dropout", rate = 0.1 },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "bce_with_logits" }]
)",
                          "toy.toml");
}

TrainingSettings settings() {
  TrainingSettings settings;
  settings.learning_rate = 0.03;
  settings.epochs = 6;
  settings.batch = 32;
  settings.patience = 0;
  settings.jitter = 1;
  settings.seed = 11;
  return settings;
}

std::string without_timings(std::string text) {
  return std::regex_replace(text, std::regex(R"(,"examples_per_second":[^,}]*)"), "");
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace genocuda::toy
