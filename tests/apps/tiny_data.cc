// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/tiny_data.h"

#include <cstdio>
#include <filesystem>
#include <random>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>
#include <zlib.h>

namespace genocuda::cli {
namespace {

constexpr std::string_view kMotif = "TGACTCAG";

std::string with_motif(std::string sequence, unsigned place) {
  return sequence.replace(place % (sequence.size() - kMotif.size()), kMotif.size(), kMotif);
}

}  // namespace

std::string bases(int length, unsigned seed) {
  std::mt19937 random(seed);
  std::string sequence;
  for (int i = 0; i < length; ++i) sequence += "ACGT"[random() % 4];
  return sequence;
}

std::string reverse_complement(std::string_view sequence) {
  std::string result(sequence.rbegin(), sequence.rend());
  for (char& base : result) base = "TGCA"[std::string_view("ACGT").find(base)];
  return result;
}

std::string table(unsigned seed, int length) {
  std::string text = "sequence,bound\n";
  for (unsigned i = 0; i < kExamples; ++i) {
    const std::string sequence = bases(length, seed * 1000 + i);
    const bool bound = i % 2 == 1;
    text += (bound ? with_motif(sequence, 7 * i) : sequence) + (bound ? ",1\n" : ",0\n");
  }
  return text;
}

std::string model_file() {
  return R"(name = "tiny"
layers = [
  { type = "conv", filters = 4, width = 8 },
  { type = "relu" },
  { type = "global_max_pool" },
  { type = "dense", units = "tasks" },
]
[training]
batch = 16
epochs = 2
)";
}

std::string fasta(int records, unsigned seed) {
  std::string text;
  for (int i = 1; i <= records; ++i) {
    const auto number = static_cast<unsigned>(i);
    text += ">p" + std::to_string(i) + "\n" + with_motif(bases(kLength, seed * 1000 + number), 7 * number) + "\n";
  }
  return text;
}

std::string genome() {
  std::string text;
  for (unsigned contig = 1; contig <= 4; ++contig) {
    text += ">chr" + std::to_string(contig) + "\n" + bases(4000, contig) + "\n";
  }
  return text;
}

std::string peaks() {
  std::string text;
  for (int contig = 1; contig <= 4; ++contig) {
    for (int peak = 0; peak < 7 - contig; ++peak) {
      const int start = 200 + 400 * peak;
      text += "chr" + std::to_string(contig) + "\t" + std::to_string(start) + "\t" + std::to_string(start + 200) + "\n";
    }
  }
  return text;
}

std::string gzip(const TemporaryFolder& folder, std::string_view text) {
  const std::string path = folder.path("plain.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return folder.content("plain.gz");
}

TinyFolder::TinyFolder() {
  write("table.csv", table());
  write("tiny.toml", model_file());
  write("genome.fa", genome());
  write("peaks.bed", peaks());
}

Result TinyFolder::run(const std::string& arguments, const Options& options) const {
  return cli::run(path(), arguments, options);
}

Result TinyFolder::train(const std::string& arguments) const {
  Result result = run(kTrain + arguments);
  EXPECT_EQ(result.status, 0) << arguments << "\n" << result.err;
  return result;
}

bool TinyFolder::exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::vector<std::string> columns(std::string_view row) {
  std::vector<std::string> result;
  std::istringstream stream{std::string(row)};
  for (std::string column; std::getline(stream, column, '\t');) result.push_back(column);
  return result;
}

Counts counts(const std::string& err) {
  static const std::regex kData(
      R"(data: (\d+) examples of \d+ bases to train on, (\d+) for validation, (\d+) for the test)");
  std::smatch found;
  if (!std::regex_search(err, found, kData)) return {};
  return {std::stoi(found[1]), std::stoi(found[2]), std::stoi(found[3])};
}

std::string without_speed(const std::string& metrics) {
  static const std::regex kSpeed(R"(,"examples_per_second":[^,}]*)");
  return std::regex_replace(metrics, kSpeed, "");
}

}  // namespace genocuda::cli
