// SPDX-License-Identifier: Apache-2.0
#include "learn/train/settings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "learn/model/model_spec.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

TEST(TrainingSettings, AreTheSameAfterAWayThroughATable) {
  TrainingSettings settings;
  settings.optimizer = {.kind = OptimizerKind::rmsprop, .momentum = 0.5, .decay = 0.98, .epsilon = 1e-6};
  settings.learning_rate = 0.002;
  settings.schedule = {
      .kind = ScheduleKind::plateau, .warmup_epochs = 0.5, .factor = 0.3, .patience = 2, .floor = 1e-5};
  settings.epochs = 7;
  settings.batch = 3;
  settings.patience = 9;
  settings.stop_on = "auprc";
  settings.weight_decay = 1e-6;
  settings.l1 = 1e-7;
  settings.max_norm = 7;
  settings.gradient_clip = 1;
  settings.class_weights = {ClassWeights::Kind::positives, {2, 3.5}};
  settings.loss_divisor = LossDivisor::examples;
  settings.jitter = 4;
  settings.reverse_complement = true;
  settings.seed = 123456789012345;
  settings.precision = Precision::bf16;
  settings.checkpoint_minutes = 2.5;
  TrainingSettings again;
  apply_settings(again, to_table(settings), "test");
  EXPECT_EQ(again, settings);
  EXPECT_NE(again, TrainingSettings{});
}

TEST(TrainingSettings, EveryKeyChangesThem) {
  for (const TrainingKey& key : training_keys()) {
    TrainingSettings settings;
    const Setting before = to_table(settings).at(std::string(key.rule.key));
    Setting other;
    if (const auto* text = std::get_if<std::string>(&before)) {
      for (const auto choice : key.rule.choices) {
        if (choice != *text) other = std::string(choice);
      }
    } else if (const auto* number = std::get_if<double>(&before)) {
      other = *number == 0.25 ? 0.125 : 0.25;
    } else if (const auto* whole = std::get_if<std::int64_t>(&before)) {
      other = *whole + 1;
    } else {
      other = !std::get<bool>(before);
    }
    apply_settings(settings, {{std::string(key.rule.key), other}}, "test");
    EXPECT_NE(settings, TrainingSettings{}) << key.rule.key;
    EXPECT_EQ(to_table(settings).at(std::string(key.rule.key)), other) << key.rule.key;
    EXPECT_FALSE(key.help.empty()) << key.rule.key;
  }
}

TEST(TrainingSettings, LaterTablesWin) {
  TrainingSettings settings;
  apply_settings(settings, {{"batch", std::int64_t{8}}, {"learning_rate", 0.5}}, "model");
  apply_settings(settings, {{"batch", std::int64_t{16}}}, "flags");
  EXPECT_EQ(settings.batch, 16);
  EXPECT_EQ(settings.learning_rate, 0.5);
}

TEST(TrainingSettings, RefuseWhatTheyDoNotKnow) {
  TrainingSettings settings;
  const auto apply = [&](const SettingTable& table) {
    return [&, table] { apply_settings(settings, table, "config.toml"); };
  };
  expect_error(ErrorKind::invalid_argument, apply({{"learning_rat", 0.1}}), "config.toml", "'learning_rate'");
  expect_error(ErrorKind::invalid_argument, apply({{"batch", std::int64_t{0}}}), "'batch'", "from 1");
  expect_error(ErrorKind::invalid_argument, apply({{"batch", 2.5}}), "'batch'", "whole number");
  expect_error(ErrorKind::invalid_argument, apply({{"optimizer", "adamm"}}), "'optimizer'", "'adamw'");
  expect_error(ErrorKind::invalid_argument, apply({{"class_weights", "balance"}}), "'class_weights'", "'balanced'");
  expect_error(ErrorKind::invalid_argument, apply({{"class_weights", std::vector<double>{-1}}}), "'class_weights'");
  expect_error(ErrorKind::invalid_argument, apply({{"beta1", 1.0}}), "'beta1'");
  EXPECT_EQ(settings, TrainingSettings{});
}

TEST(TrainingSettings, RefuseWhatDoesNotGoTogether) {
  const auto check = [](const SettingTable& table) {
    return [table] {
      TrainingSettings settings;
      apply_settings(settings, table, "test");
      check_settings(settings);
    };
  };
  expect_error(ErrorKind::invalid_argument, check({{"nesterov", true}, {"optimizer", "sgd"}}), "'momentum'");
  expect_error(ErrorKind::invalid_argument, check({{"schedule", "one_cycle"}, {"warmup_epochs", 1.0}}),
               "'schedule_peak'");
  expect_error(ErrorKind::invalid_argument, check({{"schedule_floor", 1.0}}), "'schedule_floor'");
  expect_error(ErrorKind::invalid_argument, check({{"class_weights", std::vector<double>{}}}), "'class_weights'");
  check({})();
}

TEST(TrainingSettings, AreAllInTheManual) {
  const std::string manual = toy::read_bytes(GENOCUDA_SOURCE_DIR "/docs/training.md");
  for (const TrainingKey& key : training_keys()) {
    EXPECT_NE(manual.find(fmt::format("`{}`", key.rule.key)), std::string::npos) << key.rule.key;
  }
}

TEST(TrainingSettings, OfTheZooAreKnown) {
  for (const std::string_view name : zoo_names()) {
    TrainingSettings settings;
    apply_settings(settings, zoo_model(name).training, name);
    check_settings(settings);
    EXPECT_NE(settings, TrainingSettings{}) << name;
  }
}

}  // namespace
}  // namespace genocuda
