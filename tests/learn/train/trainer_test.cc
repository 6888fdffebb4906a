// SPDX-License-Identifier: Apache-2.0
#include "learn/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "host/cpu_device.h"
#include "learn/predict/predictor.h"
#include "learn/train/checkpoint.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace genocuda {
namespace {

using Json = nlohmann::json;

std::vector<Json> read_lines(const std::string& path) {
  std::vector<Json> lines;
  std::istringstream text(toy::read_bytes(path));
  for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
  return lines;
}

TrainingResult train(const TrainingSettings& settings, const Examples& data, const Examples* valid,
                     TrainerOptions options = {}, int threads = 1, const ModelSpec& spec = toy::net()) {
  const auto device = make_cpu_device(threads);
  return Trainer(spec, settings, *device, data, valid, std::move(options)).run();
}

TEST(Trainer, LearnsPlantedMotifs) {
  const Examples data = toy::motifs(512, 1), valid = toy::motifs(256, 2), test = toy::motifs(512, 3);
  const TrainingResult result = train(toy::settings(), data, &valid);
  EXPECT_EQ(result.figure, "auroc");
  EXPECT_EQ(result.epochs, 6);
  const auto device = make_cpu_device(1);
  const MetricsReport report = Predictor(result.model, *device).evaluate(test);
  ASSERT_EQ(report.tasks.size(), 2u);
  for (const TaskMetrics& task : report.tasks) EXPECT_GT(task.figures.auroc.value_or(0), 0.95) << task.name;
}

TEST(Trainer, LeavesItsFilesInTheFolder) {
  const TemporaryFolder folder;
  const Examples data = toy::motifs(100, 1), valid = toy::motifs(60, 2);
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  std::vector<EpochReport> reports;
  std::vector<StepReport> steps;
  const TrainingResult result = train(settings, data, &valid,
                                      {.directory = folder.path(),
                                       .on_step = [&](const StepReport& report) { steps.push_back(report); },
                                       .on_epoch = [&](const EpochReport& report) { reports.push_back(report); }});
  ASSERT_EQ(reports.size(), 2u);
  ASSERT_EQ(steps.size(), 6u) << "four of a hundred examples are left over";
  EXPECT_EQ(steps[4].epoch, 2);
  EXPECT_EQ(steps[4].step, 2);
  EXPECT_EQ(steps[4].steps, 3);

  const std::vector<Json> lines = read_lines(folder.path("metrics.jsonl"));
  ASSERT_EQ(lines.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(lines[i]["epoch"], i + 1);
    EXPECT_EQ(lines[i]["train_loss"], reports[i].train_loss);
    EXPECT_EQ(lines[i]["valid_loss"], *reports[i].valid->loss);
    EXPECT_EQ(lines[i]["mean"]["auroc"], *reports[i].valid->mean.auroc);
    EXPECT_EQ(lines[i]["tasks"][1]["name"], "ecori");
    EXPECT_EQ(lines[i]["tasks"][1]["auroc"], *reports[i].valid->tasks[1].figures.auroc);
    EXPECT_EQ(lines[i]["learning_rate"], settings.learning_rate);
    EXPECT_GT(lines[i]["gradient_norm"], 0);
    EXPECT_GT(lines[i]["examples_per_second"], 0);
  }
  const TrainedModel written = read_trained_model(folder.path("model.safetensors"));
  EXPECT_EQ(written.tensors, result.model.tensors);
  EXPECT_EQ(written.tasks, data.tasks);
  EXPECT_EQ(written.spec, result.model.spec);
  EXPECT_EQ(written.size(), (ModelSize{toy::kLength, 2}));
  EXPECT_EQ(read_checkpoint(folder.path("checkpoint.safetensors")).state.epoch, 2);
}

TEST(Trainer, TwiceGivesTheSameBits) {
  const TemporaryFolder a, b, c;
  const Examples data = toy::motifs(200, 1), valid = toy::motifs(100, 2);
  TrainingSettings settings = toy::settings();
  settings.epochs = 3;
  settings.reverse_complement = true;
  train(settings, data, &valid, {.directory = a.path()}, 2);
  train(settings, data, &valid, {.directory = b.path()}, 2);
  settings.seed = 12;
  train(settings, data, &valid, {.directory = c.path()}, 2);
  for (const std::string name : {"model.safetensors", "checkpoint.safetensors", "metrics.jsonl"}) {
    const auto content = [&](const TemporaryFolder& folder) {
      return toy::without_timings(toy::read_bytes(folder.path(name)));
    };
    EXPECT_EQ(content(a), content(b)) << name;
    EXPECT_NE(content(a), content(c)) << name;
  }
}

TEST(Trainer, AnotherNumberOfThreadsIsTheSameWithinRounding) {
  const Examples data = toy::motifs(128, 1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  settings.learning_rate = 1e-3;
  const TrainingResult one = train(settings, data, nullptr, {}, 1), two = train(settings, data, nullptr, {}, 2);
  for (const auto& [name, tensor] : one.model.tensors) {
    const auto* a = reinterpret_cast<const float*>(tensor.bytes.data());
    const auto* b = reinterpret_cast<const float*>(two.model.tensors.at(name).bytes.data());
    for (std::size_t i = 0; i < tensor.bytes.size() / sizeof(float); ++i) {
      // AdamW steps by about the learning rate whatever the gradient's size: noise near 0 may turn a few steps round.
      EXPECT_NEAR(a[i], b[i], 2e-3) << name << " " << i;
    }
  }
}

TEST(Trainer, KeepsTheBestWeightsAndStopsEarly) {
  const TemporaryFolder folder;
  const Examples data = toy::motifs(128, 1), valid = toy::with_random_labels(toy::motifs(128, 2), 1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 60;
  settings.patience = 3;
  settings.stop_on = "loss";
  std::vector<EpochReport> reports;
  const TrainingResult result =
      train(settings, data, &valid,
            {.directory = folder.path(), .on_epoch = [&](const EpochReport& report) { reports.push_back(report); }});
  EXPECT_TRUE(result.stopped_early);
  EXPECT_LT(result.epochs, 60);
  EXPECT_EQ(result.epochs, result.best_epoch + 3);
  ASSERT_EQ(static_cast<std::int64_t>(reports.size()), result.epochs);
  const auto best =
      std::ranges::min_element(reports, {}, [](const EpochReport& report) { return *report.valid->loss; });
  EXPECT_EQ(best->epoch, result.best_epoch);
  EXPECT_EQ(result.best, *best->valid->loss);
  EXPECT_TRUE(best->best);
  EXPECT_FALSE(reports.back().best);

  EXPECT_EQ(read_trained_model(folder.path("model.safetensors")).tensors, result.model.tensors);
  const auto device = make_cpu_device(1);
  const MetricsReport again =
      Predictor(read_trained_model(folder.path("model.safetensors")), *device, {.batch = settings.batch})
          .evaluate(valid);
  EXPECT_EQ(*again.loss, *best->valid->loss) << "the file holds the weights of the best epoch";
}

TEST(Trainer, LowersTheLearningRateOnAPlateau) {
  const Examples data = toy::motifs(64, 1), valid = toy::with_random_labels(toy::motifs(64, 2), 1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 20;
  settings.stop_on = "loss";
  settings.schedule = {.kind = ScheduleKind::plateau, .factor = 0.1, .patience = 2};
  std::vector<double> rates;
  train(settings, data, &valid,
        {.on_epoch = [&](const EpochReport& report) { rates.push_back(report.learning_rate); }});
  EXPECT_EQ(rates.front(), settings.learning_rate);
  EXPECT_LE(rates.back(), settings.learning_rate * 0.1);
  EXPECT_TRUE(std::ranges::is_sorted(rates, std::greater()));
}

TEST(Trainer, WithoutValidationKeepsTheLastWeights) {
  const TemporaryFolder folder;
  const Examples data = toy::motifs(64, 1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 2;
  settings.patience = 1;
  const TrainingResult result = train(settings, data, nullptr, {.directory = folder.path()});
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(result.best_epoch, 2);
  EXPECT_EQ(result.figure, "");
  EXPECT_FALSE(result.stopped_early);
  const auto lines = read_lines(folder.path("metrics.jsonl"));
  EXPECT_TRUE(lines[0]["valid_loss"].is_null());
  EXPECT_TRUE(lines[0]["best"]);
  const Checkpoint checkpoint = read_checkpoint(folder.path("checkpoint.safetensors"));
  for (const auto& [name, tensor] : result.model.tensors) EXPECT_EQ(tensor, checkpoint.variables.at(name)) << name;
}

TEST(Trainer, ChoosesTheFigureThatTheLabelsAllow) {
  const Examples data = toy::motifs(64, 1);
  Examples one_class = toy::motifs(16, 2);
  one_class.labels = LabelMatrix(16, 2);
  const auto device = make_cpu_device(1);
  TrainingSettings settings = toy::settings();
  EXPECT_EQ(Trainer(toy::net(), settings, *device, data, &data).figure(), "auroc");
  EXPECT_EQ(Trainer(toy::net(), settings, *device, data, &one_class).figure(), "loss");
  settings.stop_on = "auprc";
  EXPECT_EQ(Trainer(toy::net(), settings, *device, data, &data).figure(), "auprc");
  expect_error(
      ErrorKind::invalid_argument, [&] { Trainer(toy::net(), settings, *device, data, &one_class); }, "auprc",
      "classes");
}

/// A net whose activations grow beyond all bounds once the weights are large.
ModelSpec explosive() {
  return parse_model_toml(R"(
name = "explosive"
layers = [
  { type = "conv", name = "detectors", filters = 4, width = 5 },
  { type = "exp", name = "boom" },
  { type = "global_mean_pool" },
  { type = "dense", units = "tasks" },
]
outputs = [{ loss = "bce_with_logits" }]
)",
                          "explosive.toml");
}

TEST(Trainer, StopsAtWhatIsNotFiniteAndKeepsTheCheckpoint) {
  const TemporaryFolder folder;
  const Examples data = toy::motifs(128, 1);
  TrainingSettings settings = toy::settings();
  settings.optimizer.kind = OptimizerKind::sgd;
  settings.learning_rate = 1e-3;
  settings.epochs = 1;
  train(settings, data, nullptr, {.directory = folder.path()}, 1, explosive());
  const std::string good = toy::read_bytes(folder.path("checkpoint.safetensors"));
  const std::string lines = toy::read_bytes(folder.path("metrics.jsonl"));

  settings.learning_rate = 1000;
  settings.epochs = 2;
  expect_error(
      ErrorKind::invalid_argument,
      [&] { train(settings, data, nullptr, {.directory = folder.path(), .resume = true}, 1, explosive()); },
      "step 6 (epoch 2, batch 2 of 4", "boom", "not finite", folder.path("checkpoint.safetensors"), "learning_rate");
  EXPECT_EQ(toy::read_bytes(folder.path("checkpoint.safetensors")), good);
  EXPECT_EQ(toy::read_bytes(folder.path("metrics.jsonl")), lines);

  settings.learning_rate = 1e-3;
  const TrainingResult result =
      train(settings, data, nullptr, {.directory = folder.path(), .resume = true}, 1, explosive());
  EXPECT_EQ(result.epochs, 2) << "with a smaller rate the run goes on";
}

TEST(Trainer, RefusesDataThatDoNotFit) {
  const auto device = make_cpu_device(1);
  const Examples data = toy::motifs(16, 1), none = subset(data, {});
  const auto with = [&](const Examples& examples, const Examples* valid) {
    return [&device, &examples, valid] { Trainer(toy::net(), toy::settings(), *device, examples, valid); };
  };
  expect_error(ErrorKind::invalid_argument, with(none, nullptr), "no training examples");
  expect_error(ErrorKind::invalid_argument, with(data, &none), "validation");
  Examples other = data;
  other.tasks = {"x", "y"};
  expect_error(ErrorKind::invalid_argument, with(data, &other), "other tasks");
  other = data;
  other.length = 30;
  expect_error(ErrorKind::invalid_argument, with(data, &other), "30 bases", "40");
  Examples unlabelled = data;
  unlabelled.tasks.clear();
  expect_error(ErrorKind::invalid_argument, with(unlabelled, nullptr), "no labels");
  TrainingSettings settings = toy::settings();
  settings.schedule.kind = ScheduleKind::plateau;
  expect_error(
      ErrorKind::invalid_argument, [&] { Trainer(toy::net(), settings, *device, data, nullptr); }, "plateau",
      "validation");
}

TEST(Trainer, ASecondRunTakesTheFolderOver) {
  const TemporaryFolder folder;
  const Examples data = toy::motifs(64, 1);
  TrainingSettings settings = toy::settings();
  settings.epochs = 3;
  train(settings, data, nullptr, {.directory = folder.path()});
  settings.epochs = 1;
  train(settings, data, nullptr, {.directory = folder.path()});
  EXPECT_EQ(read_lines(folder.path("metrics.jsonl")).size(), 1u);
  EXPECT_EQ(read_checkpoint(folder.path("checkpoint.safetensors")).state.epoch, 1);

  const auto device = make_cpu_device(1);
  Trainer(toy::net(), settings, *device, data, nullptr, {.directory = folder.path()});
  EXPECT_FALSE(std::filesystem::exists(folder.path("model.safetensors"))) << "an old model must not pass for the new";
}

}  // namespace
}  // namespace genocuda
