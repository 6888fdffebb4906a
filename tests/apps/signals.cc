// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/signals.h"

#include <fmt/format.h>

namespace genocuda::cli {

std::string wave(int phase) {
  std::string text;
  for (int contig = 1; contig <= 4; ++contig) {
    for (int start = 0; start < kContig; start += 5) {
      const int value = (start / 5 * 7 + phase + contig) % 11;
      if (value > 0) text += fmt::format("chr{}\t{}\t{}\t{}\n", contig, start, start + 5, value);
    }
  }
  return text;
}

std::string profile_model(int channels, const std::string& tracks, const std::string& features) {
  return fmt::format(R"(name = "small"
input = {{ length = 120 }}
{}
layers = [
  {{ type = "conv", filters = 4, width = 9, padding = "same", from = "dna" }},
  {{ type = "relu", name = "bases" }},
  {}
  {{ type = "crop", name = "middle", length = 100 }},
  {{ type = "conv", name = "profile", filters = {}, width = 1 }},
  {{ type = "global_mean_pool", from = "middle" }},
  {{ type = "dense", name = "counts", units = 1 }},
]
outputs = [
  {{ name = "profile", from = "profile", loss = "multinomial_nll", signal = "reads", channels = {} }},
  {{ name = "counts", from = "counts", loss = "mse", signal = "reads", channels = {}, measure = "log_total", bases = 100 }},
]
[training]
batch = 8
epochs = 1
)",
                     tracks, features, channels, channels, channels);
}

Signals::Signals() {
  folder_.write("reads.bedgraph", wave(0));
  folder_.write("minus.bedgraph", wave(4));
  folder_.write("control.bedgraph", wave(8));
  folder_.write("one.toml", profile_model(1, "", ""));
  folder_.write("two.toml", profile_model(2, R"(tracks = [{ name = "controls", channels = 2 }])",
                                          R"({ type = "concat", from = ["bases", "controls"] },)"));
  folder_.write("bins.toml", R"(name = "bins"
input = { dna = false, length = 200 }
tracks = [{ name = "low", bin = 10, transform = "log1p" }]
layers = [{ type = "conv", filters = 1, width = 3, padding = "same" }, { type = "crop", length = 8 }]
outputs = [{ loss = "mse", signal = "high", bin = 10, transform = "log1p" }]
[training]
batch = 8
epochs = 1
)");
  folder_.write("towers.toml", R"(name = "towers"
input = { length = 120 }
tracks = [{ name = "signal", bin = 10 }]
layers = [
  { type = "conv", filters = 4, width = 9, from = "dna" },
  { type = "global_max_pool", name = "a" },
  { type = "conv", filters = 4, width = 3, from = "signal" },
  { type = "global_max_pool", name = "b" },
  { type = "concat", from = ["a", "b"] },
  { type = "dense", units = "tasks" },
]
[training]
batch = 8
epochs = 1
)");
}

Result Signals::run(const std::string& arguments) const {
  Result result = folder_.run(arguments + " --threads 1");
  EXPECT_EQ(result.status, 0) << arguments << "\n" << result.err;
  return result;
}

Result Signals::train(const std::string& model, const std::string& arguments) const {
  return run(fmt::format("train --genome genome.fa --model {}.toml -o {} {}", model, model, arguments));
}

Result Signals::predict(const std::string& model, const std::string& arguments) const {
  return run(fmt::format("predict -q --genome genome.fa --model {}/model.safetensors {}", model, arguments));
}

std::map<std::pair<std::string, int>, float> Signals::values(const std::string& name) const {
  std::map<std::pair<std::string, int>, float> result;
  for (const std::string& line : lines(folder_.content(name))) {
    const auto row = columns(line);
    for (int at = std::stoi(row.at(1)); at < std::stoi(row.at(2)); ++at) {
      EXPECT_TRUE(result.emplace(std::pair(row[0], at), std::stof(row.at(3))).second) << name << " " << line;
    }
  }
  return result;
}

}  // namespace genocuda::cli
