// SPDX-License-Identifier: Apache-2.0
#include "learn/train/training_step.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/dna.h"
#include "host/cpu_device.h"
#include "learn/train/sampler.h"
#include "learn/trained_model.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

/// Logistic regression on the bases of a sequence: its gradients can be written down.
ModelSpec regression(const std::string& more = "") {
  return parse_model_toml(R"(
name = "regression"
layers = [{ type = "flatten" }, { type = "dense", name = "dense", units = "tasks")" +
                              more + R"( }]
outputs = [{ loss = "bce_with_logits" }]
)",
                          "regression.toml");
}

/// A step over variables of its own, all zero unless set.
struct Bench {
  explicit Bench(const ModelSpec& spec, const TrainingSettings& settings, std::int64_t batch, std::int64_t length,
                 std::int64_t tasks, ExecutableOptions options = {})
      : device(make_cpu_device(1)),
        variables(*device),
        step(spec, {length, tasks}, std::vector{batch}, settings, variables, options) {}

  StepResult run(const Batch& batch, std::int64_t number, double learning_rate, LossSums& sums) {
    step.start(batch, number, learning_rate);
    const std::vector<StepResult> results = step.results();
    EXPECT_EQ(results.size(), 1u);
    sums.add(results[0]);
    return results[0];
  }

  std::vector<float> values(const std::string& name) const {
    const std::vector<std::byte> bytes = variables.read(name);
    std::vector<float> result(bytes.size() / sizeof(float));
    std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
  }
  void set(const std::string& name, const std::vector<float>& values) {
    variables.write(name, std::as_bytes(std::span(values)));
  }

  std::unique_ptr<Device> device;
  VariableStore variables;
  TrainingStep step;
};

/// Rows of one base each.
Batch bases(const std::string& letters, std::vector<float> labels, std::vector<float> weights) {
  Batch batch{.filled = static_cast<std::int64_t>(letters.size()), .inputs = {}, .targets = {}, .rows = {}};
  for (const char letter : letters) {
    std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(1)));
    dna::set(row.data(), 1, 0, dna::code_of(letter));
    batch.inputs.dna.insert(batch.inputs.dna.end(), row.begin(), row.end());
  }
  batch.targets.push_back({std::move(labels), std::move(weights)});
  return batch;
}

TrainingSettings plain_descent(double rate) {
  TrainingSettings settings;
  settings.optimizer = {.kind = OptimizerKind::sgd};
  settings.learning_rate = rate;
  return settings;
}

TEST(TrainingStep, DescendsAlongTheWeightedGradient) {
  Bench bench(regression(), plain_descent(1), 2, 1, 1);
  LossSums sums;
  // At 0 the logit is 0: the gradient of a positive is −½, of a negative +½, divided by the sum of weights, 4.
  const StepResult result = bench.run(bases("AG", {1, 0}, {3, 1}), 1, 1, sums);
  EXPECT_NEAR(result.loss, std::log(2.0), 1e-6);
  EXPECT_NEAR(result.gradient_norm, std::sqrt(0.375 * 0.375 + 0.125 * 0.125 + 0.25 * 0.25), 1e-6);
  const auto weights = bench.values("dense/weights");
  EXPECT_NEAR(weights[0], 3 * 0.5 / 4, 1e-6);
  EXPECT_EQ(weights[1], 0);
  EXPECT_NEAR(weights[2], -1 * 0.5 / 4, 1e-6);
  EXPECT_NEAR(bench.values("dense/bias")[0], (3 * 0.5 - 0.5) / 4, 1e-6);
  EXPECT_NEAR(*sums.mean(bench.step.heads()), std::log(2.0), 1e-6);
  EXPECT_NEAR(sums.divisor[0], 4, 1e-6);
}

TEST(TrainingStep, RowsOfWeightZeroDoNotCount) {
  Bench one(regression(), plain_descent(1), 1, 1, 1), padded(regression(), plain_descent(1), 3, 1, 1);
  LossSums a, b;
  one.run(bases("A", {1}, {1}), 1, 1, a);
  const float missing = std::numeric_limits<float>::quiet_NaN();
  padded.run(bases("ACG", {1, 1, missing}, {1, 0, 1}), 1, 1, b);
  EXPECT_EQ(one.values("dense/weights"), padded.values("dense/weights"));
  EXPECT_EQ(a.loss, b.loss);
}

TEST(TrainingStep, DivisorExamplesSumsTasks) {
  TrainingSettings settings = plain_descent(1);
  settings.loss_divisor = LossDivisor::examples;
  Bench bench(regression(), settings, 1, 1, 2);
  LossSums sums;
  const StepResult result = bench.run(bases("A", {1, 0}, {1, 1}), 1, 1, sums);
  EXPECT_NEAR(result.loss, 2 * std::log(2.0), 1e-6);
}

TEST(TrainingStep, ClipsTheGradient) {
  TrainingSettings settings = plain_descent(1);
  settings.gradient_clip = 0.1;
  Bench bench(regression(), settings, 1, 1, 1);
  LossSums sums;
  const StepResult result = bench.run(bases("A", {1}, {1}), 1, 1, sums);
  EXPECT_NEAR(result.gradient_norm, std::sqrt(0.5), 1e-6) << "the norm before clipping";
  EXPECT_NEAR(bench.values("dense/weights")[0], 0.1 / std::sqrt(2.0), 1e-6);
}

TEST(TrainingStep, DecaysWeightsAndNotBiases) {
  TrainingSettings settings = plain_descent(1);
  settings.weight_decay = 0.1;
  settings.l1 = 0.01;
  Bench bench(regression(), settings, 1, 1, 1);
  bench.set("dense/weights", {0, 2, 0, 0});
  bench.set("dense/bias", {40});
  LossSums sums;
  bench.run(bases("A", {1}, {1}), 1, 1, sums);  // the logit of 40 leaves no gradient
  EXPECT_NEAR(bench.values("dense/weights")[1], 2 - 0.1 * 2 - 0.01, 1e-6);
  EXPECT_EQ(bench.values("dense/bias")[0], 40);
}

TEST(TrainingStep, KeepsTheNormOfAUnitsWeights) {
  TrainingSettings settings = plain_descent(1);
  settings.max_norm = 1;
  Bench bench(regression(), settings, 1, 1, 1);
  bench.set("dense/weights", {0, 3, 4, 0});
  bench.set("dense/bias", {40});
  LossSums sums;
  bench.run(bases("A", {1}, {1}), 1, 1, sums);
  EXPECT_NEAR(bench.values("dense/weights")[1], 0.6, 1e-6);
  EXPECT_NEAR(bench.values("dense/weights")[2], 0.8, 1e-6);
  EXPECT_EQ(bench.values("dense/bias")[0], 40);
}

TEST(TrainingStep, LeavesFrozenLayersAlone) {
  Bench bench(regression(), plain_descent(1), 1, 1, 1);
  expect_error(
      ErrorKind::invalid_argument, [] { Bench(regression(", frozen = true"), plain_descent(1), 1, 1, 1); },
      "no parameters to train");
}

TEST(TrainingStep, EveryOptimizerLearns) {
  const Examples examples = toy::motifs(256, 1);
  for (const auto kind : {OptimizerKind::sgd, OptimizerKind::adagrad, OptimizerKind::rmsprop, OptimizerKind::adam,
                          OptimizerKind::adamw}) {
    TrainingSettings settings = toy::settings();
    settings.optimizer.kind = kind;
    settings.optimizer.momentum = kind == OptimizerKind::sgd ? 0.9 : 0;
    const double rate = kind == OptimizerKind::sgd ? 0.3 : 0.01;
    const ModelSpec spec = toy::net();
    Bench bench(spec, settings, 32, toy::kLength, 2);
    Graph graph;
    initialise(bench.variables,
               build_model(graph, spec, {toy::kLength, 2}, make_inputs(graph, spec, {toy::kLength, 2}, 1), {}), 1);
    const TrainingSampler sampler(examples, settings, bench.step.heads());
    LossSums first, last;
    Batch batch;
    for (std::int64_t epoch = 0; epoch < 8; ++epoch) {
      const auto order = sampler.order(epoch);
      for (std::int64_t step = 0; step < 8; ++step) {
        sampler.fill(order, epoch, step, bench.step.inputs(), batch);
        LossSums ignored;
        bench.run(batch, epoch * 8 + step + 1, rate, epoch == 0 ? first : epoch == 7 ? last : ignored);
      }
    }
    EXPECT_LT(*last.mean(bench.step.heads()), 0.8 * *first.mean(bench.step.heads())) << name_of(kind);
  }
}

TEST(TrainingStep, ALossThatIsNotFiniteChangesNoWeight) {
  TrainingSettings settings;
  Bench bench(regression(), settings, 1, 1, 1);
  bench.set("dense/weights", {1, 2, 3, 4});
  LossSums sums;
  const StepResult result = bench.run(bases("A", {std::numeric_limits<float>::infinity()}, {1}), 1, 0.1, sums);
  EXPECT_FALSE(result.finite());
  EXPECT_EQ(bench.values("dense/weights"), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(bench.values("optimizer/m/dense/weights"), std::vector<float>(4, 0.0f));
}

TEST(TrainingStep, ALossThatIsNotFiniteStopsAnUpdateByAFiniteGradient) {
  TrainingSettings settings = plain_descent(1);
  settings.loss_divisor = LossDivisor::examples;
  Bench bench(regression(), settings, 1, 1, 1);
  bench.set("dense/bias", {-3e38f});
  LossSums sums;
  const StepResult result = bench.run(bases("A", {1}, {3}), 1, 1, sums);
  EXPECT_FALSE(std::isfinite(result.loss)) << "3 · 3e38 is beyond float";
  EXPECT_TRUE(std::isfinite(result.gradient_norm));
  EXPECT_EQ(bench.values("dense/weights")[0], 0);
}

TEST(TrainingStep, NamesTheLayerThatIsNotFinite) {
  Bench bench(toy::net(), toy::settings(), 1, toy::kLength, 2);
  bench.set("conv1/filters", std::vector<float>(11 * 4 * 12, std::numeric_limits<float>::infinity()));
  Batch batch;
  const Examples examples = toy::motifs(1, 1);
  TrainingSampler(examples, toy::settings(), bench.step.heads())
      .fill(epoch_order(1, 0, 0), 0, 0, bench.step.inputs(), batch);
  LossSums sums;
  EXPECT_FALSE(bench.run(batch, 1, 0.1, sums).finite());
  const std::string fault = bench.step.find_fault(batch, 1, 0.1);
  EXPECT_NE(fault.find("conv1"), std::string::npos) << fault;
  EXPECT_NE(fault.find("not finite"), std::string::npos) << fault;
}

TEST(TrainingStep, StepsDoNotTouchMemoryThatIsNotTheirs) {
  const Examples examples = toy::motifs(8, 1);
  Bench bench(toy::net(), toy::settings(), 8, toy::kLength, 2, {.check_memory = true, .check_finite = true});
  Batch batch;
  TrainingSampler(examples, toy::settings(), bench.step.heads())
      .fill(epoch_order(8, 0, 0), 0, 0, bench.step.inputs(), batch);
  LossSums sums;
  EXPECT_TRUE(bench.run(batch, 1, 0.1, sums).finite());
}

TEST(TrainingGraph, SumsTheWeightedLossesOfSeveralOutputs) {
  const ModelSpec spec = parse_model_toml(R"(
name = "two"
layers = [
  { type = "flatten" },
  { type = "dense", name = "sites", units = 2, from = "flatten1" },
  { type = "dense", name = "level", units = 1, from = "flatten1" },
]
outputs = [
  { name = "binding", from = "sites", loss = "bce_with_logits" },
  { name = "signal", from = "level", loss = "mse", weight = 0.5 },
]
)",
                                          "two.toml");
  Bench bench(spec, plain_descent(1), 1, 1, 3);
  ASSERT_EQ(bench.step.heads().size(), 2u);
  Batch batch = bases("A", {1, 0}, {1, 1});
  batch.targets.push_back({{4}, {1}});
  LossSums sums;
  const StepResult result = bench.run(batch, 1, 1, sums);
  EXPECT_NEAR(result.loss, std::log(2.0) + 0.5 * 16, 1e-5);
  EXPECT_NEAR(*sums.mean(bench.step.heads()), std::log(2.0) + 0.5 * 16, 1e-5);
  expect_error(
      ErrorKind::invalid_argument, [&] { Bench(spec, plain_descent(1), 1, 1, 4); }, "3 outputs", "4 tasks");
}

TEST(LossSums, AreTheMeanOverLabelsNotOverBatches) {
  const std::vector<HeadColumns> heads{{"a", LossKind::mse, 2, 0, 1}};
  LossSums sums;
  EXPECT_FALSE(sums.mean(heads));
  sums.add(0, 1, 10);
  sums.add(0, 4, 5);
  sums.add(0, 0, 0);
  EXPECT_DOUBLE_EQ(*sums.mean(heads), 2 * (10.0 + 20.0) / 15);
}

}  // namespace
}  // namespace genocuda
