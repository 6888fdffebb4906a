// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

/// Expects the last line on standard error to say, in these words, why the command ended with status 2.
void expect_failure(const Result& result, const std::vector<std::string>& parts) {
  EXPECT_EQ(result.status, 2);
  const std::vector<std::string> said = lines(result.err);
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back().find("genocuda: cannot write "), 0u) << result.err;
  for (const std::string& part : parts) EXPECT_NE(said.back().find(part), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("genocuda: "), result.err.rfind("genocuda: ")) << "said twice: " << result.err;
}

TEST(DiskFull, EndsEvaluateAndPredictWithALine) {
  if (!std::filesystem::is_character_file("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const TinyFolder folder;
  folder.train("-o out");
  for (const std::string verb : {"evaluate", "predict"}) {
    const std::string command = verb + " --model out/model.safetensors --sequences table.csv --threads 1";
    expect_failure(folder.run(command + " -o /dev/full"), {"/dev/full", "No space left"});
    expect_failure(folder.run(command, {.out = "/dev/full"}), {"stdout", "No space left"});
  }
  expect_failure(folder.run("init --model cnn", {.out = "/dev/full"}), {"stdout", "No space left"});
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(DiskFull, EndsTrainingWithALineAndNoHalfFiles) {
  const TinyFolder folder;
  const Result result = folder.run(std::string(kTrain) + "-o out", {.largest_file = 1024});
  expect_failure(result, {"out/checkpoint.safetensors", "File too large"});
  EXPECT_FALSE(folder.exists("out/checkpoint.safetensors"));
  EXPECT_FALSE(folder.exists("out/model.safetensors"));
  EXPECT_FALSE(folder.exists("out/.checkpoint.safetensors.partial"));
}

TEST(DiskFull, LeavesTheLastCheckpointToGoOnFrom) {
  const TinyFolder folder;
  folder.train("--valid 0.2 --epochs 3 -o whole");
  folder.train("--valid 0.2 --epochs 1 -o out");
  const std::string checkpoint = folder.content("out/checkpoint.safetensors");
  const std::string go_on = std::string(kTrain) + "--valid 0.2 --epochs 3 -o out --resume";
  const Result full = folder.run(go_on, {.largest_file = checkpoint.size() - 1});
  expect_failure(full, {"out/checkpoint.safetensors"});
  EXPECT_TRUE(folder.content("out/checkpoint.safetensors") == checkpoint);
  ASSERT_EQ(folder.run(go_on).status, 0);
  EXPECT_TRUE(folder.content("out/model.safetensors") == folder.content("whole/model.safetensors"));
}

}  // namespace
}  // namespace genocuda::cli
