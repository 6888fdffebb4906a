// SPDX-License-Identifier: Apache-2.0
// What happens where a batch does not fit into a device's memory.
#include "learn/memory_fit.h"

#include <gtest/gtest.h>

#include "core/prepare.h"
#include "learn/predict/predictor.h"
#include "learn/train/trainer.h"
#include "learn/train/training_step.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/far_device.h"

namespace genocuda {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 40;

/// A hundred bytes an example and ten beside.
BatchedWork work(std::int64_t batch) {
  return {"training toy", batch, [](std::int64_t examples) { return static_cast<std::size_t>(100 * examples + 10); }};
}

TEST(MemoryFit, HalvesTheBatchUntilItFits) {
  const auto fitting = [](std::size_t free, std::int64_t batch) {
    FarDevice device(free);
    return fitting_batch(work(batch), device);
  };
  EXPECT_EQ(fitting(3210, 64), 32);
  EXPECT_EQ(fitting(3209, 64), 16);
  EXPECT_EQ(fitting(710, 30), 7) << "halves of odd numbers are rounded down";
  EXPECT_EQ(fitting(110, 64), 1);
  EXPECT_EQ(fitting(109, 64), std::nullopt);
  EXPECT_EQ(fitting(kPlenty, 1), std::nullopt) << "it did not fit, so smaller ones are asked for";
}

TEST(MemoryFit, TheErrorSaysWhatWouldFit) {
  constexpr std::size_t kMiB = 1 << 20;
  const BatchedWork large{"training toy", 4096,
                          [](std::int64_t batch) { return static_cast<std::size_t>(batch) * kMiB; }};
  FarDevice device(2600 * kMiB);
  EXPECT_STREQ(out_of_memory(large, device).what(),
               "training toy with batch 4096 takes 4.00 GiB on far, where 2.54 GiB are free: --batch 2048 would fit");
  EXPECT_EQ(out_of_memory(large, device).kind(), ErrorKind::out_of_memory);
  FarDevice tiny(kMiB / 2);
  EXPECT_STREQ(
      out_of_memory(large, tiny).what(),
      "training toy with batch 4096 takes 4.00 GiB on far, where 0.5 MiB are free: not even --batch 1 would fit, "
      "take a smaller model or a device with more memory");
}

/// Trains for an epoch without writing anything.
TrainingResult train(Device& device, std::int64_t batch) {
  TrainingSettings settings = toy::settings();
  settings.epochs = 1;
  settings.batch = batch;
  const Examples data = toy::motifs(512, 1);
  TrainerOptions options;
  options.data = DataPlacement::host;
  return Trainer(toy::net(), settings, device, data, nullptr, options).run();
}

TEST(MemoryFit, WhatIsPlannedIsWhatIsTaken) {
  FarDevice device(kPlenty);
  VariableStore variables(device);
  const ModelSize size{toy::kLength, 2};
  const TrainingSettings settings = toy::settings();
  const Graph graph = training_graph(toy::net(), size, 32, settings, device);
  const MemoryNeed need = memory_need(graph, variables);
  EXPECT_GT(need.arena, 0u);
  {
    const Executable executable(graph, variables);
    EXPECT_EQ(device.used, need.bytes());
    EXPECT_EQ(memory_need(graph, variables).bytes(), need.arena + need.leaves) << "the variables are there";
  }
  EXPECT_EQ(device.used, need.variables);
}

TEST(MemoryFit, TrainingNamesABatchThatTrains) {
  FarDevice plenty(kPlenty);
  train(plenty, 256);
  FarDevice tight(plenty.most * 2 / 5);
  std::string message;
  try {
    train(tight, 256);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::out_of_memory);
    message = error.what();
  }
  const std::string start = "training " + toy::net().name + " with batch 256 takes ", end = " would fit";
  ASSERT_TRUE(message.starts_with(start) && message.ends_with(end)) << message;
  const std::size_t flag = message.find("--batch ");
  ASSERT_NE(flag, std::string::npos) << message;
  const std::int64_t named = std::stoll(message.substr(flag + 8));
  EXPECT_EQ(tight.used, 0u);
  EXPECT_LT(named, 256);
  EXPECT_NO_THROW(train(tight, named)) << message;
  EXPECT_THROW(train(tight, 2 * named), Error) << "it is the largest of the halves";
}

TEST(MemoryFit, PredictionTakesASmallerBatchAndSaysSo) {
  FarDevice plenty(kPlenty);
  const TrainedModel model = train(plenty, 64).model;
  const Examples data = toy::motifs(300, 2);
  plenty.most = 0;
  const std::vector<float> expected = Predictor(model, plenty, {.batch = 256}).predict(data);

  FarDevice tight(plenty.most / 2);
  std::vector<std::string> lines;
  PredictorOptions options{.batch = 256};
  options.on_notice = [&](const std::string& line) { lines.push_back(line); };
  Predictor predictor(model, tight, options);
  const std::vector<float> predictions = predictor.predict(data);
  ASSERT_EQ(predictions.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(predictions[i], expected[i], 1e-5) << i;
  ASSERT_EQ(lines.size(), 1u) << "once, not for every batch";
  EXPECT_TRUE(lines[0].starts_with("predicting by " + model.spec.name + " with batch 256 takes ")) << lines[0];
  EXPECT_NE(lines[0].find("going on with batch "), std::string::npos) << lines[0];
  predictor.predict(data);
  EXPECT_EQ(lines.size(), 1u);

  plenty.most = 0;
  const Predictor loaded(model, plenty);
  FarDevice tiny(plenty.most + 64);
  expect_error(
      ErrorKind::out_of_memory, [&] { Predictor(model, tiny, {.batch = 256}).predict(data); }, "--batch 1");
}

}  // namespace
}  // namespace genocuda
