// SPDX-License-Identifier: Apache-2.0
#include "learn/files/tuning_file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "core/error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

const Tuning kTuning{"mma", {{"mma", 12.5e-6}, {"direct", 80e-6}}};

class TuningFileTest : public testing::Test {
 protected:
  TuningFile open(const std::string& name = "cache/tuning.json") {
    return {folder_.path(name), [this](const std::string& line) { lines_.push_back(line); }};
  }

  TemporaryFolder folder_;
  std::vector<std::string> lines_;
};

TEST_F(TuningFileTest, KeepsWhatWasFound) {
  EXPECT_EQ(open().find("gpu", "conv1d"), std::nullopt);
  TuningFile file = open();
  file.keep("gpu", "conv1d", kTuning);
  EXPECT_EQ(file.find("gpu", "conv1d")->implementation, "mma");
  TuningFile again = open();
  const std::optional<Tuning> found = again.find("gpu", "conv1d");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->implementation, "mma");
  EXPECT_NEAR(found->seconds.at("direct"), 80e-6, 1e-12);
  EXPECT_EQ(again.find("gpu", "matmul"), std::nullopt);
  EXPECT_EQ(again.find("another gpu", "conv1d"), std::nullopt);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(TuningFileTest, AddsToWhatOtherProcessesFound) {
  TuningFile first = open(), second = open();
  EXPECT_EQ(first.find("gpu", "a"), std::nullopt);
  EXPECT_EQ(second.find("gpu", "b"), std::nullopt);
  first.keep("gpu", "a", kTuning);
  second.keep("gpu", "b", kTuning);
  TuningFile third = open();
  EXPECT_TRUE(third.find("gpu", "a"));
  EXPECT_TRUE(third.find("gpu", "b"));
}

TEST_F(TuningFileTest, LosesNothingWhereProcessesWriteAtOnce) {
  constexpr int kProcesses = 4, kProblems = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    TuningFile file = open();
    for (int j = 0; j < kProblems; ++j) {
      file.keep("gpu", fmt::format("{} {}", i, j), kTuning);
      usleep(5000);  // timing takes longer
    }
    _exit(lines_.empty() ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  TuningFile file = open();
  for (int i = 0; i < kProcesses; ++i) {
    for (int j = 0; j < kProblems; ++j) EXPECT_TRUE(file.find("gpu", fmt::format("{} {}", i, j))) << i << " " << j;
  }
}

TEST_F(TuningFileTest, WritesADamagedFileAnew) {
  for (const char* const damaged : {"{\"genocuda_tuning\":1,\"devices\":{\"gpu\":{\"conv1d\":{\"implem",
                                    "{\"genocuda_tuning\":1,\"devices\":{\"gpu\":{\"conv1d\":3}}}",
                                    "{\"genocuda_tuning\":\"one\"}", "{\"genocuda_tuning\":1}"}) {
    lines_.clear();
    const std::string path = folder_.write("tuning.json", damaged);
    TuningFile file = open("tuning.json");
    EXPECT_EQ(file.find("gpu", "conv1d"), std::nullopt) << damaged;
    file.keep("gpu", "matmul", kTuning);
    ASSERT_EQ(lines_.size(), 1u) << damaged;
    EXPECT_EQ(lines_[0], "the tuning cache '" + path + "' is damaged: it is written anew");
    EXPECT_TRUE(open("tuning.json").find("gpu", "matmul"));
    EXPECT_EQ(lines_.size(), 1u);
  }
}

TEST_F(TuningFileTest, WritesFilesOfOtherVersionsAndEmptyOnesAnewWithoutAWord) {
  for (const char* const old : {"", "{\"genocuda_tuning\":7,\"something\":\"else\"}"}) {
    folder_.write("tuning.json", old);
    TuningFile file = open("tuning.json");
    EXPECT_EQ(file.find("gpu", "conv1d"), std::nullopt);
    file.keep("gpu", "conv1d", kTuning);
    EXPECT_TRUE(open("tuning.json").find("gpu", "conv1d"));
    EXPECT_TRUE(lines_.empty());
  }
}

TEST_F(TuningFileTest, LeavesWhatIsNoTuningCacheAlone) {
  const std::string text = "{\"weights\": \"of six weeks\"}";
  const std::string path = folder_.write("model.json", text);
  TuningFile file = open("model.json");
  EXPECT_EQ(file.find("gpu", "conv1d"), std::nullopt);
  file.keep("gpu", "conv1d", kTuning);
  file.keep("gpu", "matmul", kTuning);
  EXPECT_TRUE(file.find("gpu", "conv1d")) << "known as long as the program runs";
  EXPECT_EQ(folder_.content("model.json"), text);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0], "'" + path + "' is not a tuning cache and is left alone: name another file, or delete it");
}

TEST_F(TuningFileTest, SaysOnceThatItCannotWrite) {
  folder_.write("file", "no folder");
  TuningFile file = open("file/tuning.json");
  file.keep("gpu", "conv1d", kTuning);
  file.keep("gpu", "matmul", kTuning);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0].find("timings are not kept: "), 0u) << lines_[0];
}

TEST(DefaultTuningPath, FollowsTheEnvironment) {
  const auto value_of = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const std::string cache = value_of("XDG_CACHE_HOME"), home = value_of("HOME");
  setenv("XDG_CACHE_HOME", "/tmp/caches", 1);
  EXPECT_EQ(default_tuning_path(), "/tmp/caches/genocuda/tuning.json");
  setenv("XDG_CACHE_HOME", "relative", 1);
  setenv("HOME", "/home/reader", 1);
  EXPECT_EQ(default_tuning_path(), "/home/reader/.cache/genocuda/tuning.json");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(default_tuning_path(), "/home/reader/.cache/genocuda/tuning.json");
  unsetenv("HOME");
  EXPECT_EQ(default_tuning_path(), "");
  if (!cache.empty()) setenv("XDG_CACHE_HOME", cache.c_str(), 1);
  if (!home.empty()) setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace genocuda
