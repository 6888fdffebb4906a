// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/philox.h"
#include "host/cpu_device.h"
#include "learn/train/checkpoint.h"
#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

const std::vector<std::string> kFiles{"model.safetensors", "checkpoint.safetensors", "metrics.jsonl"};

void expect_same_files(const TemporaryFolder& expected, const TemporaryFolder& found) {
  for (const std::string& name : kFiles) {
    const std::string a = toy::without_timings(toy::read_bytes(expected.path(name)));
    const std::string b = toy::without_timings(toy::read_bytes(found.path(name)));
    ASSERT_FALSE(a.empty()) << name;
    EXPECT_TRUE(a == b) << name << " differs";
  }
}

TrainingSettings short_settings() {
  TrainingSettings settings = toy::settings();
  settings.epochs = 3;
  settings.patience = 2;
  settings.reverse_complement = true;
  settings.schedule = {.kind = ScheduleKind::plateau, .patience = 1};
  return settings;
}

class Resume : public testing::Test {
 protected:
  /// Goes on (or begins) and is interrupted after `steps` steps, if that comes before the end.
  TrainingResult train(const TemporaryFolder& folder, std::int64_t steps = 1'000'000,
                       TrainingSettings settings = short_settings(), const ModelSpec& spec = toy::net()) {
    TrainerOptions options{.directory = folder.path(), .resume = true};
    options.interrupted = [&steps] { return --steps == 0; };
    return Trainer(spec, settings, *device_, data_, &valid_, options).run();
  }

  std::unique_ptr<Device> device_ = make_cpu_device(1);
  Examples data_ = toy::motifs(130, 1), valid_ = toy::motifs(70, 2);
};

TEST_F(Resume, FromAnyStepGivesTheSameBits) {
  const TemporaryFolder whole;
  train(whole);
  const std::int64_t all = 3 * (130 / 32);
  for (std::int64_t steps = 1; steps <= all; ++steps) {
    const TemporaryFolder parts;
    EXPECT_TRUE(train(parts, steps).interrupted);
    EXPECT_FALSE(train(parts).interrupted);
    expect_same_files(whole, parts);
  }
}

TEST_F(Resume, AfterEveryStepGivesTheSameBits) {
  const TemporaryFolder whole, parts;
  const TrainingResult expected = train(whole);
  int runs = 0;
  TrainingResult result;
  do {
    result = train(parts, 1);
  } while (result.interrupted && ++runs < 100);
  EXPECT_EQ(runs, 12);
  expect_same_files(whole, parts);
  EXPECT_EQ(result.model.tensors, expected.model.tensors);
  EXPECT_EQ(result.best, expected.best);
  EXPECT_EQ(result.best_epoch, expected.best_epoch);
}

TEST_F(Resume, KnowsHowLongNothingGotBetter) {
  const TemporaryFolder whole, parts;
  valid_ = toy::with_random_labels(valid_, 1);
  TrainingSettings settings = short_settings();
  settings.epochs = 40;
  settings.patience = 5;
  settings.schedule.patience = 2;
  settings.stop_on = "loss";
  const TrainingResult expected = train(whole, 1'000'000, settings);
  EXPECT_TRUE(expected.stopped_early);
  TrainingResult result;
  for (int runs = 0; runs == 0 || (result.interrupted && runs < 100); ++runs) result = train(parts, 3, settings);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(result.epochs, expected.epochs);
  expect_same_files(whole, parts);
}

TEST_F(Resume, OfAFinishedRunTrainsNoMore) {
  const TemporaryFolder folder;
  const TrainingResult first = train(folder);
  const std::string before = toy::read_bytes(folder.path("metrics.jsonl"));
  const TrainingResult again = train(folder);
  EXPECT_EQ(again.model.tensors, first.model.tensors);
  EXPECT_EQ(again.epochs, 3);
  EXPECT_EQ(toy::read_bytes(folder.path("metrics.jsonl")), before);
}

TEST_F(Resume, WithMoreEpochsGoesOn) {
  const TemporaryFolder whole, parts;
  TrainingSettings settings = short_settings();
  settings.patience = 0;
  settings.epochs = 2;
  train(parts, 1'000'000, settings);
  settings.epochs = 4;
  train(parts, 1'000'000, settings);
  train(whole, 1'000'000, settings);
  expect_same_files(whole, parts);
}

TEST_F(Resume, TakesALineBackThatNoCheckpointConfirms) {
  const TemporaryFolder whole, parts;
  train(whole);
  train(parts, 6);  // in the second epoch
  const std::string lines = toy::read_bytes(parts.path("metrics.jsonl"));
  parts.write("metrics.jsonl", lines + "{\"epoch\":2,\"train_loss\":0}\n{\"epoch\":3,\"tra");
  train(parts);
  expect_same_files(whole, parts);
}

TEST_F(Resume, SaysWhatDiffers) {
  const TemporaryFolder folder;
  train(folder, 2);
  const auto resume = [&](const TrainingSettings& settings, const ModelSpec& spec = toy::net()) {
    return [&, settings, spec] { train(folder, 1, settings, spec); };
  };
  TrainingSettings settings = short_settings();
  settings.batch = 16;
  settings.seed = 99;
  expect_error(ErrorKind::invalid_argument, resume(settings), "batch (32 there, 16 here)", "seed (11 there, 99 here)",
               folder.path("checkpoint.safetensors"));
  ModelSpec spec = toy::net();
  spec.layers[0].settings["filters"] = std::int64_t{13};
  expect_error(ErrorKind::invalid_argument, resume(short_settings(), spec), "the models differ", "toy");

  const Examples kept = data_;
  data_ = toy::motifs(130, 5);
  expect_error(ErrorKind::invalid_argument, resume(short_settings()), "the training data differ", "130 examples",
               "hash");
  data_ = kept;
  data_.labels.set(3, 1, 1 - data_.labels.get(3, 1));
  expect_error(ErrorKind::invalid_argument, resume(short_settings()), "the training data differ");
  data_ = kept;
  data_.windows[0].start += 1;
  expect_error(ErrorKind::invalid_argument, resume(short_settings()), "the training data differ");
  data_ = kept;
  valid_ = toy::motifs(71, 2);
  expect_error(ErrorKind::invalid_argument, resume(short_settings()), "the validation data differ", "71 examples");
}

TEST_F(Resume, SaysWhenTheCheckpointIsNone) {
  const TemporaryFolder folder;
  train(folder);
  const std::string path = folder.path("checkpoint.safetensors");
  const std::string bytes = toy::read_bytes(path);
  folder.write("checkpoint.safetensors", bytes.substr(0, bytes.size() / 2));
  expect_error(
      ErrorKind::input_file, [&] { train(folder); }, path);
  std::filesystem::copy_file(folder.path("model.safetensors"), path, std::filesystem::copy_options::overwrite_existing);
  expect_error(
      ErrorKind::input_file, [&] { train(folder); }, path, "checkpoint");
}

/// Starts a program of its own that trains in `folder` with resume; returns its process id.
pid_t start_training(const TemporaryFolder& folder) {
  const std::string path = folder.path();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(GENOCUDA_TRAINING_PROGRAM, GENOCUDA_TRAINING_PROGRAM, path.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(ResumeAfterKill, AtAnyMomentGivesTheSameBits) {
  const TemporaryFolder whole, parts;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(wait_for(start_training(whole)), 0);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  philox::Generator random(static_cast<std::uint64_t>(::getpid()), 0);
  int killed = 0;
  for (int i = 0; i < 25; ++i) {
    const pid_t child = start_training(parts);
    // Mostly early in what is left, so that many kills fall into one run.
    std::this_thread::sleep_for(seconds * (0.4 * random.uniform()));
    ::kill(child, SIGKILL);
    const int status = wait_for(child);
    if (WIFSIGNALED(status)) {
      ++killed;
    } else {
      ASSERT_EQ(status, 0);
      break;
    }
  }
  EXPECT_GT(killed, 0);
  ASSERT_EQ(wait_for(start_training(parts)), 0);
  expect_same_files(whole, parts);
}

}  // namespace
}  // namespace genocuda
