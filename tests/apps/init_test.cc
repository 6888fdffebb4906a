// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

TEST(Init, SummaryEndsWithTheParameters) {
  const TinyFolder folder;
  const Result result = folder.run("init --model tiny.toml --summary --length 40 --n-tasks 1");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const std::vector<std::string> rows = lines(result.out);
  ASSERT_GE(rows.size(), 6u);
  EXPECT_EQ(rows.back(), "parameters: 137");
  const auto conv = std::ranges::find_if(rows, [](const std::string& row) { return row.starts_with("conv1 "); });
  ASSERT_NE(conv, rows.end()) << result.out;
  EXPECT_EQ(words(*conv), (std::vector<std::string>{"conv1", "conv", "33", "x", "4", "132", "8"}));

  const std::vector<std::string> basset = lines(folder.run("init --model basset --summary").out);
  ASSERT_FALSE(basset.empty());
  EXPECT_EQ(basset.back(), "parameters: 4135064");
}

TEST(Init, WritesAModelFileThatTrains) {
  const TinyFolder folder;
  const Result printed = folder.run("init --model logistic");
  ASSERT_EQ(printed.status, 0) << printed.err;
  const Result written = folder.run("init --model logistic -o mine.toml");
  ASSERT_EQ(written.status, 0) << written.err;
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(folder.content("mine.toml"), printed.out);
  folder.write("mine.toml", "edited by hand");
  expect_refusal(folder.run("init --model cnn -o mine.toml"), {"mine.toml is there already", "--overwrite"});
  EXPECT_EQ(folder.content("mine.toml"), "edited by hand");
  ASSERT_EQ(folder.run("init --model logistic -o mine.toml --overwrite").status, 0);
  EXPECT_EQ(folder.content("mine.toml"), printed.out);

  const std::string train = "train --sequences table.csv --threads 1 --epochs 1 ";
  ASSERT_EQ(folder.run(train + "--model logistic -o by_name").status, 0);
  const Result by_file = folder.run(train + "--model mine.toml -o by_file");
  ASSERT_EQ(by_file.status, 0) << by_file.err;
  EXPECT_TRUE(folder.content("by_file/model.safetensors") == folder.content("by_name/model.safetensors"));
}

TEST(Devices, SaysWhatThisMachineHas) {
  const TinyFolder folder;
  const Result result = folder.run("devices");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  bool cpu = false;
  for (const std::string& row : lines(result.out)) {
    const std::vector<std::string> device = columns(row);
    ASSERT_EQ(device.size(), 3u) << row;
    EXPECT_TRUE(device[1] == "usable" || device[1] == "not usable") << row;
    EXPECT_FALSE(device[2].empty()) << row;
    cpu = cpu || (device[0] == "cpu" && device[1] == "usable");
  }
  EXPECT_TRUE(cpu) << result.out;
}

TEST(Help, IsAResult) {
  const TinyFolder folder;
  for (const char* verb : {"", "train ", "evaluate ", "predict ", "check ", "init ", "devices "}) {
    const Result result = folder.run(std::string(verb) + "--help");
    EXPECT_EQ(result.status, 0) << verb;
    EXPECT_NE(result.out.find("Usage"), std::string::npos) << verb;
    EXPECT_EQ(result.err, "") << verb;
  }
  const Result version = folder.run("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(lines(version.out).size(), 1u) << version.out;
}

}  // namespace
}  // namespace genocuda::cli
