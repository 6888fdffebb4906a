// SPDX-License-Identifier: Apache-2.0
// What the program does where a batch does not fit into the memory that it may take.
#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

constexpr int kBases = 1000;
constexpr std::uint64_t kLimit = std::uint64_t{700} << 20;

/// The positions of a batch of 64 take 768 MB, those of 16 a quarter of it.
class MemoryLimit : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("wide.toml", R"(
name = "wide"
layers = [
  { type = "conv", filters = 3000, width = 1 },
  { type = "relu" },
  { type = "global_max_pool" },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "bce_with_logits" }]
)");
    folder_.write("table.csv", table(1, kBases));
  }

  static constexpr const char* kTrainWide =
      "train --sequences table.csv --model wide.toml --threads 1 --epochs 1 -o out --batch ";
  TinyFolder folder_;
};

TEST_F(MemoryLimit, TrainingSaysWhichBatchWouldFit) {
  const Result result = folder_.run(std::string(kTrainWide) + "64", {.largest_memory = kLimit});
  EXPECT_EQ(result.status, 1);
  const std::string start = "genocuda: training wide with batch 64 takes ", line = lines(result.err).back();
  EXPECT_EQ(line.find(start), 0u) << result.err;
  EXPECT_NE(line.find(" on cpu, where "), std::string::npos) << line;
  EXPECT_NE(line.find(" would fit"), std::string::npos) << line;
  EXPECT_FALSE(folder_.exists("out/checkpoint.safetensors"));
}

TEST_F(MemoryLimit, PredictionGoesOnWithASmallerBatch) {
  const Result trained = folder_.run(std::string(kTrainWide) + "4");
  ASSERT_EQ(trained.status, 0) << trained.err;
  const std::string command = "predict --model out/model.safetensors --sequences table.csv --threads 1 -q --batch 64";
  const Result result = folder_.run(command, {.largest_memory = kLimit});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err.find("notice: predicting by wide with batch 64 takes "), 0u) << result.err;
  EXPECT_NE(result.err.find(": going on with batch "), std::string::npos) << result.err;
  EXPECT_EQ(lines(result.err).size(), 1u) << result.err;
  EXPECT_EQ(lines(result.out).size(), 1u + kExamples);
}

}  // namespace
}  // namespace genocuda::cli
