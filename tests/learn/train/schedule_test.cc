// SPDX-License-Identifier: Apache-2.0
#include "learn/train/schedule.h"

#include <vector>

#include <gtest/gtest.h>

namespace genocuda {
namespace {

constexpr std::int64_t kSteps = 10;  // an epoch

TrainingSettings with(ScheduleSettings schedule, std::int64_t epochs = 10) {
  TrainingSettings settings;
  settings.learning_rate = 0.8;
  settings.epochs = epochs;
  settings.schedule = schedule;
  return settings;
}

double rate(const TrainingSettings& settings, std::int64_t epoch, std::int64_t step = 0, std::int64_t reductions = 0) {
  return learning_rate_at(settings, epoch, step, kSteps, reductions);
}

TEST(Schedule, ConstantIsConstant) {
  const auto settings = with({});
  EXPECT_EQ(rate(settings, 0), 0.8);
  EXPECT_EQ(rate(settings, 9, 9, 3), 0.8);
}

TEST(Schedule, WarmupRisesInAStraightLine) {
  const auto settings = with({.warmup_epochs = 2});
  EXPECT_DOUBLE_EQ(rate(settings, 0, 0), 0.8 / 20);
  EXPECT_DOUBLE_EQ(rate(settings, 1, 4), 0.8 * 15 / 20);
  EXPECT_DOUBLE_EQ(rate(settings, 1, 9), 0.8);
  EXPECT_DOUBLE_EQ(rate(settings, 2, 0), 0.8);
}

TEST(Schedule, StepFallsEverySoManyEpochsToItsFloor) {
  const auto settings = with({.kind = ScheduleKind::step, .factor = 0.5, .floor = 0.15, .every = 3});
  EXPECT_DOUBLE_EQ(rate(settings, 2, 9), 0.8);
  EXPECT_DOUBLE_EQ(rate(settings, 3), 0.4);
  EXPECT_DOUBLE_EQ(rate(settings, 6), 0.2);
  EXPECT_DOUBLE_EQ(rate(settings, 9), 0.15);
}

TEST(Schedule, PlateauFallsByReductionsAlone) {
  const auto settings = with({.kind = ScheduleKind::plateau, .factor = 0.5, .floor = 0.3});
  EXPECT_DOUBLE_EQ(rate(settings, 9, 9, 0), 0.8);
  EXPECT_DOUBLE_EQ(rate(settings, 0, 0, 1), 0.4);
  EXPECT_DOUBLE_EQ(rate(settings, 0, 0, 2), 0.3);
}

TEST(Schedule, CosineGoesFromTheRateToTheFloor) {
  const auto settings = with({.kind = ScheduleKind::cosine, .floor = 0.2});
  EXPECT_DOUBLE_EQ(rate(settings, 0, 0), 0.8);
  EXPECT_NEAR(rate(settings, 4, 9) + rate(settings, 5, 0), 2 * 0.5, 1e-12) << "symmetric about the middle";
  EXPECT_DOUBLE_EQ(rate(settings, 9, 9), 0.2);
  const auto warmed = with({.kind = ScheduleKind::cosine, .warmup_epochs = 1, .floor = 0.2});
  EXPECT_DOUBLE_EQ(rate(warmed, 1, 0), 0.8);
  EXPECT_DOUBLE_EQ(rate(warmed, 9, 9), 0.2);
}

TEST(Schedule, OneCycleIsPyTorchs) {
  // By the formula of torch.optim.lr_scheduler.OneCycleLR(max_lr=0.8, total_steps=100), whose phases end at steps 29
  // and 99.
  const auto settings = with({.kind = ScheduleKind::one_cycle});
  EXPECT_NEAR(rate(settings, 0, 0), 0.032, 1e-12);
  EXPECT_NEAR(rate(settings, 1, 0), 0.23613115877128066, 1e-12);
  EXPECT_NEAR(rate(settings, 2, 9), 0.8, 1e-12);
  EXPECT_NEAR(rate(settings, 5, 0), 0.6351147604605856, 1e-12);
  EXPECT_NEAR(rate(settings, 9, 9), 3.2e-06, 1e-12);
  for (std::int64_t step = 1; step < 100; ++step) {
    const double before = rate(settings, (step - 1) / 10, (step - 1) % 10), now = rate(settings, step / 10, step % 10);
    EXPECT_EQ(now > before, step <= 29) << step;
  }
}

TEST(Schedule, OfOneStepIsFinite) {
  for (const auto kind : {ScheduleKind::constant, ScheduleKind::cosine, ScheduleKind::one_cycle}) {
    const double value = learning_rate_at(with({.kind = kind}, 1), 0, 0, 1, 0);
    EXPECT_GE(value, 0) << static_cast<int>(kind);
    EXPECT_LE(value, 0.8) << static_cast<int>(kind);
  }
}

TEST(ProgressWatch, KeepsTheBestAndStopsAfterPatience) {
  TrainingSettings settings;
  settings.patience = 2;
  const FigureInfo auroc{"auroc", true};
  ProgressWatch watch;
  EXPECT_TRUE(watch.update(settings, auroc, 0.6, 1));
  EXPECT_FALSE(watch.update(settings, auroc, 0.6, 2)) << "as good is not better";
  EXPECT_FALSE(watch.should_stop(settings));
  EXPECT_TRUE(watch.update(settings, auroc, 0.7, 3));
  EXPECT_FALSE(watch.update(settings, auroc, std::nullopt, 4));
  EXPECT_FALSE(watch.update(settings, auroc, 0.65, 5));
  EXPECT_TRUE(watch.should_stop(settings));
  EXPECT_EQ(watch.best, 0.7);
  EXPECT_EQ(watch.best_epoch, 3);
  settings.patience = 0;
  EXPECT_FALSE(watch.should_stop(settings)) << "patience 0 never stops";
}

TEST(ProgressWatch, ReducesTheRateEachTimePatienceRunsOut) {
  TrainingSettings settings;
  settings.schedule = {.kind = ScheduleKind::plateau, .patience = 2};
  const FigureInfo loss{"loss", false};
  ProgressWatch watch;
  std::vector<std::int64_t> reductions;
  std::int64_t epoch = 0;
  for (const double value : {1.0, 1.1, 1.2, 1.0, 1.0, 0.9, 1.0, 1.0}) {
    watch.update(settings, loss, value, ++epoch);
    reductions.push_back(watch.reductions);
  }
  EXPECT_EQ(reductions, (std::vector<std::int64_t>{0, 0, 1, 1, 2, 2, 2, 3}));
  EXPECT_EQ(watch.best, 0.9);
}

}  // namespace
}  // namespace genocuda
