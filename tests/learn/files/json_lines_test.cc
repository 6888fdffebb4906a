// SPDX-License-Identifier: Apache-2.0
#include "learn/files/json_lines.h"

#include <csignal>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

std::string line(int epoch) { return R"({"epoch":)" + std::to_string(epoch) + R"(,"train_loss":0.5})"; }

TEST(JsonLines, AppendsWholeLines) {
  const TemporaryFolder folder;
  append_json_line(folder.path("log"), line(1));
  append_json_line(folder.path("log"), line(2));
  EXPECT_EQ(folder.content("log"), line(1) + "\n" + line(2) + "\n");
}

TEST(JsonLines, RefusesTwoLinesInOne) {
  const TemporaryFolder folder;
  expect_error(ErrorKind::internal, [&] { append_json_line(folder.path("log"), "{\n}"); });
  expect_error(ErrorKind::internal, [&] { append_json_line(folder.path("log"), ""); });
}

TEST(JsonLines, ResumeCutsATornLineWhereverItTore) {
  const TemporaryFolder folder;
  const std::string whole = line(1) + "\n" + line(2) + "\n";
  const std::string next = line(3) + "\n";
  for (std::size_t torn = 0; torn < next.size(); ++torn) {
    folder.write("log", whole + next.substr(0, torn));
    EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 3), 2u) << torn;
    EXPECT_EQ(folder.content("log"), whole) << torn;
  }
  folder.write("log", whole + next);
  EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 3), 3u);
}

TEST(JsonLines, ResumeCutsEpochsTheCheckpointDoesNotKnow) {
  const TemporaryFolder folder;
  folder.write("log", line(1) + "\n" + line(2) + "\n" + line(3) + "\n");
  EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 2), 2u);
  EXPECT_EQ(folder.content("log"), line(1) + "\n" + line(2) + "\n");
  EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 0), 0u);
  EXPECT_EQ(folder.content("log"), "");
}

TEST(JsonLines, ResumePassesOverLinesThatAreNone) {
  const TemporaryFolder folder;
  folder.write("log", line(1) + "\n" + std::string(20, '\0') + "\n\n[1]\n{\"epoch\":\"2\"}\n{}\n" + line(2) + "\n");
  EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 9), 2u);
  EXPECT_EQ(folder.content("log"), line(1) + "\n" + line(2) + "\n");
}

TEST(JsonLines, ResumeWithoutALogMakesOne) {
  const TemporaryFolder folder;
  EXPECT_EQ(keep_json_lines(folder.path("log"), "epoch", 5), 0u);
  EXPECT_EQ(folder.file_count(), 1);
}

TEST(JsonLines, AFullDiskLeavesTheLinesThatWere) {
  const TemporaryFolder folder;
  folder.write("log", line(1) + "\n");
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{40, 40};  // room for a part of the second line
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      append_json_line(folder.path("log"), line(2));
    } catch (const Error& error) {
      ::_exit(std::string(error.what()).find(folder.path("log")) != std::string::npos ? 7 : 8);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(folder.content("log"), line(1) + "\n");
}

TEST(JsonLines, KilledAtRandomMomentsItStillHoldsWholeLinesAfterResume) {
  const TemporaryFolder folder;
  const std::string path = folder.path("log");
  std::int64_t epochs = 0;
  for (int round = 0; round < 5; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (std::int64_t epoch = epochs + 1;; ++epoch) append_json_line(path, line(static_cast<int>(epoch)));
    }
    ::usleep(static_cast<useconds_t>(5000 + 3000 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    epochs = static_cast<std::int64_t>(keep_json_lines(path, "epoch", 1000000));
    std::string expected;
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) expected += line(static_cast<int>(epoch)) + "\n";
    ASSERT_EQ(folder.content("log"), expected);
  }
}

}  // namespace
}  // namespace genocuda
