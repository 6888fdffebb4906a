// SPDX-License-Identifier: Apache-2.0
#include "learn/progress.h"

#include <sstream>

#include <gtest/gtest.h>

namespace genocuda {
namespace {

using namespace std::chrono_literals;

/// A stream to look at and a clock that stands until it is moved.
class ProgressTest : public ::testing::Test {
 protected:
  ProgressOptions options(bool terminal, int columns = 80) {
    ProgressOptions options;
    options.stream = &stream_;
    options.terminal = terminal;
    options.now = [this] { return now_; };
    options.columns = [columns] { return columns; };
    options.between_redraws = 100ms;
    options.between_lines = 10s;
    return options;
  }

  std::string shown() {
    std::string text = stream_.str();
    stream_.str("");
    return text;
  }

  std::ostringstream stream_;
  std::chrono::steady_clock::time_point now_{};
};

TEST_F(ProgressTest, WritesALineNowAndThenWhenPiped) {
  Progress progress(options(false));
  progress.start("epoch 3/20", 2700);
  EXPECT_EQ(shown(), "");
  now_ += 9s;
  progress.update(900);
  EXPECT_EQ(shown(), "");
  now_ += 1s;
  progress.update(1000, "loss 0.43");
  EXPECT_EQ(shown(), "epoch 3/20: 37% 1000/2700, 100 examples/s, 0:17 left, loss 0.43\n");
  progress.update(1001);
  EXPECT_EQ(shown(), "");
  now_ += 9s;
  progress.finish("valid_loss 0.40");
  EXPECT_EQ(shown(), "epoch 3/20: 1001 examples in 0:19, 53 examples/s, valid_loss 0.40\n");
  progress.finish();
  EXPECT_EQ(shown(), "") << "finished once";
}

TEST_F(ProgressTest, RedrawsABarOnATerminal) {
  Progress progress(options(true, 70));
  progress.start("train", 200);
  EXPECT_EQ(shown(), "\r\x1b[Ktrain [>                             ]   0% 0/200, 0.0 examples/s");
  now_ += 50ms;
  progress.update(1);
  EXPECT_EQ(shown(), "") << "too soon";
  now_ += 950ms;
  progress.update(50, "loss 0.7");
  EXPECT_EQ(shown(), "\r\x1b[Ktrain [===>         ]  25% 50/200, 50 examples/s, 0:03 left, loss 0.7");
  progress.message("a notice");
  EXPECT_EQ(shown().substr(0, 13), "\r\x1b[Ka notice\n");
  now_ += 3s;
  progress.update(200);
  progress.finish();
  const std::string text = shown();
  EXPECT_EQ(text.substr(text.rfind('\r')), "\r\x1b[Ktrain: 200 examples in 0:04, 50 examples/s\n");
}

TEST_F(ProgressTest, NeverWiderThanTheTerminal) {
  for (int columns = 1; columns < 120; ++columns) {
    Progress progress(options(true, columns));
    progress.start("a label of some length", 1000000);
    now_ += 1s;
    progress.update(123456, "a note that is long as well");
    const std::string text = shown();
    EXPECT_LE(text.substr(text.rfind('K') + 1).size(), static_cast<std::size_t>(std::max(columns - 1, 1)));
  }
}

TEST_F(ProgressTest, AnUnfinishedBarIsErased) {
  {
    Progress progress(options(true));
    progress.start("train", 10);
    shown();
  }
  EXPECT_EQ(shown(), "\r\x1b[K");
}

TEST_F(ProgressTest, QuietWritesNothingButCounts) {
  ProgressOptions quiet = options(true);
  quiet.stream = nullptr;
  Progress progress(quiet);
  progress.start("train", 10);
  now_ += 2s;
  progress.update(10);
  progress.message("a notice");
  EXPECT_EQ(progress.rate(), 5);
  progress.finish();
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(standard_error_progress(true).stream, nullptr);
}

TEST_F(ProgressTest, AResumedLoopCountsOnlyWhatItDid) {
  Progress progress(options(false));
  progress.start("train", 100, "batches", 80);
  now_ += 10s;
  progress.update(90);
  EXPECT_EQ(shown(), "train: 90% 90/100, 1.0 batches/s, 0:10 left\n");
  progress.finish();
  EXPECT_EQ(shown(), "train: 10 batches in 0:10, 1.0 batches/s\n");
}

TEST_F(ProgressTest, WithoutATotalItShowsTheCount) {
  Progress progress(options(false));
  progress.start("read", 0, "sequences");
  now_ += 10s;
  progress.update(3000000);
  EXPECT_EQ(shown(), "read: 3000000, 300.0k sequences/s\n");
}

TEST_F(ProgressTest, LongTimesHaveHours) {
  Progress progress(options(false));
  progress.start("train", 100000);
  now_ += 10s;
  progress.update(100);
  EXPECT_EQ(shown(), "train: 0% 100/100000, 10 examples/s, 2:46:30 left\n");
}

}  // namespace
}  // namespace genocuda
