// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

constexpr std::size_t kEpochs = 24;
const std::string kRun = std::string(kTrain) +
                         "--valid 0.2 --test 0.2 --rc-augment --jitter 1 --patience 0 --schedule cosine --epochs " +
                         std::to_string(kEpochs) + " ";

void expect_same_runs(const TinyFolder& folder, const std::string& a, const std::string& b) {
  for (const char* file : {"/model.safetensors", "/test.json", "/checkpoint.safetensors"}) {
    EXPECT_FALSE(folder.content(a + file).empty()) << file;
    EXPECT_TRUE(folder.content(a + file) == folder.content(b + file)) << file << " differs";
  }
  EXPECT_EQ(without_speed(folder.content(a + "/metrics.jsonl")), without_speed(folder.content(b + "/metrics.jsonl")));
}

std::size_t epochs_done(const TinyFolder& folder) { return lines(folder.content("parts/metrics.jsonl")).size(); }

/// Waits until that many epochs are done, or the process has ended.
void wait_for_epochs(const TinyFolder& folder, Process& process, std::size_t epochs) {
  while (epochs_done(folder) < epochs && process.running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(Resume, AfterKillAtRandomMomentsGivesTheSameBytes) {
  const TinyFolder folder;
  ASSERT_EQ(folder.run(kRun + "-o whole").status, 0);
  std::random_device seed;
  int killed = 0;
  for (int i = 0; i < 4; ++i) {
    Process process(folder.path(), words(kRun + "-o parts --resume"));
    wait_for_epochs(folder, process, epochs_done(folder) + seed() % 5);
    std::this_thread::sleep_for(std::chrono::microseconds(seed() % 20'000));
    process.signal(SIGKILL);
    if (process.wait().status == -SIGKILL) ++killed;
  }
  EXPECT_GT(killed, 0);
  const std::size_t done = epochs_done(folder);  // the last of them may lack its checkpoint
  const Result end = folder.run(kRun + "-o parts --resume");
  ASSERT_EQ(end.status, 0) << end.err;
  if (done > 1) {
    EXPECT_EQ(end.err.find("epoch 1/"), std::string::npos) << "began anew:\n" << end.err;
  }
  expect_same_runs(folder, "whole", "parts");
}

TEST(Resume, AfterAnInterruptGoesOnAsTheProgramSays) {
  const TinyFolder folder;
  ASSERT_EQ(folder.run(kRun + "-o whole").status, 0);
  Process process(folder.path(), words(kRun + "-o parts"));
  wait_for_epochs(folder, process, 2);
  process.signal(SIGINT);
  const Result stopped = process.wait();
  EXPECT_EQ(stopped.status, 1) << stopped.err;
  EXPECT_EQ(stopped.out, "");
  EXPECT_FALSE(folder.exists("parts/test.json"));
  const std::string advice = "genocuda: interrupted; go on with: genocuda ";
  const std::string said = lines(stopped.err).back();
  ASSERT_EQ(said.find(advice), 0u) << stopped.err;

  const Result end = folder.run(said.substr(advice.size()));
  ASSERT_EQ(end.status, 0) << end.err;
  EXPECT_EQ(end.err.find("epoch 1/"), std::string::npos) << "began anew:\n" << end.err;
  expect_same_runs(folder, "whole", "parts");
}

/// Starts a run, asks it to stop and halts it while it writes its checkpoint; where it was too quick, once more.
void halt_in_last_checkpoint(const TinyFolder& folder, std::unique_ptr<Process>& process) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::filesystem::remove_all(folder.path("parts"));
    process = std::make_unique<Process>(
        folder.path(), words("train --sequences table.csv --model wide.toml --threads 1 --epochs 100000 -q -o parts"));
    wait_for_epochs(folder, *process, 1);  // from here on it stops softly
    process->signal(SIGINT);
    while (process->running()) {
      if (!folder.exists("parts/.checkpoint.safetensors.partial") || !process->halt()) continue;
      if (folder.exists("parts/.checkpoint.safetensors.partial")) return;
      process->signal(SIGCONT);
    }
  }
  FAIL() << "no run was met while it wrote: " << process->wait().err;
}

TEST(Resume, ASecondInterruptEndsItAtOnceAndLeavesNoUnfinishedFile) {
  const TinyFolder folder;
  folder.write("wide.toml", R"(name = "wide"
layers = [{ type = "flatten" }, { type = "dense", units = 10000 }, { type = "dense", units = "tasks" }]
)");
  std::unique_ptr<Process> process;
  ASSERT_NO_FATAL_FAILURE(halt_in_last_checkpoint(folder, process));
  process->signal(SIGTERM);
  process->signal(SIGCONT);
  const Result end = process->wait();
  EXPECT_EQ(end.status, 1);
  EXPECT_EQ(lines(end.err).back(), "genocuda: interrupted; no unfinished file is left") << end.err;
  EXPECT_EQ(end.err.find("go on with"), std::string::npos) << end.err;
  EXPECT_FALSE(folder.exists("parts/.checkpoint.safetensors.partial"));
}

/// Interrupts a run without end into "parts" once it has done more epochs than one that was there.
Result interrupt_anew(const TinyFolder& folder, const std::string& arguments, const std::string& out) {
  std::vector<std::string> command = words(kTrain + arguments + " --overwrite --epochs 1000000 -o");
  command.push_back(out);
  const std::string metrics = out + "/metrics.jsonl";
  const std::size_t before = folder.exists(metrics) ? lines(folder.content(metrics)).size() : 0;
  Process process(folder.path(), command);
  while (process.running() && (!folder.exists(metrics) || lines(folder.content(metrics)).size() <= before)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  process.signal(SIGINT);
  return process.wait();
}

TEST(Resume, ARunBegunAnewHasNoTestOfTheOldOne) {
  const TinyFolder folder;
  folder.train("--test 0.2 -o parts");
  ASSERT_TRUE(folder.exists("parts/test.json"));
  EXPECT_EQ(interrupt_anew(folder, "--test 0.2", "parts").status, 1);
  EXPECT_FALSE(folder.exists("parts/test.json"));
}

TEST(Resume, TheAdviceIsQuotedForTheShell) {
  const TinyFolder folder;
  EXPECT_EQ(lines(interrupt_anew(folder, "", "it's a/run").err).back(),
            R"(genocuda: interrupted; go on with: genocuda train --config 'it'\''s a/run/config.toml' )"
            R"(-o 'it'\''s a/run' --resume)");
}

TEST(Resume, NeitherOfFewerEpochsThanAreDoneNorOfARunToOverwrite) {
  const TinyFolder folder;
  folder.train("--epochs 3 -o out");
  const std::string config = folder.content("out/config.toml");
  expect_refusal(folder.run(std::string(kTrain) + "--epochs 2 -o out --resume"), {"for 2 epochs", "has done 3"});
  expect_refusal(folder.run(std::string(kTrain) + "--epochs 3 -o out --resume --overwrite"),
                 {"--resume", "--overwrite", "give one of them"});
  EXPECT_EQ(folder.content("out/config.toml"), config);
  folder.train("--epochs 3 -o out --resume");
}

TEST(Resume, OfAFinishedRunWritesItsTestAgain) {
  const TinyFolder folder;
  folder.train("--test 0.2 -o out");
  const std::string test = folder.content("out/test.json");
  std::filesystem::remove(folder.path("out/test.json"));
  folder.train("--test 0.2 -o out --resume");
  EXPECT_EQ(folder.content("out/test.json"), test);
}

}  // namespace
}  // namespace genocuda::cli
