// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/predictor.h"

#include <cmath>

#include <gtest/gtest.h>

#include "host/cpu_device.h"
#include "learn/train/trainer.h"
#include "tests/learn/train/toy.h"
#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

class PredictorTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    device_ = make_cpu_device(1);
    const Examples data = toy::motifs(256, 1);
    model_ = Trainer(toy::net(), toy::settings(), *device_, data, nullptr).run().model;
  }
  static void TearDownTestSuite() { device_.reset(); }

  static std::unique_ptr<Device> device_;
  static TrainedModel model_;
  const Examples test_ = toy::motifs(75, 4);
};
std::unique_ptr<Device> PredictorTest::device_;
TrainedModel PredictorTest::model_;

void expect_near(const std::vector<float>& a, const std::vector<float>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

TEST_F(PredictorTest, DoesNotDependOnTheBatch) {
  const std::vector<float> expected = Predictor(model_, *device_, {.batch = 75}).predict(test_);
  ASSERT_EQ(expected.size(), 150u);
  const MetricsReport report = Predictor(model_, *device_, {.batch = 75}).evaluate(test_);
  for (const std::int64_t batch : {1, 7, 32, 1000}) {
    Predictor predictor(model_, *device_, {.batch = batch});
    expect_near(predictor.predict(test_), expected, 1e-6);
    const MetricsReport found = predictor.evaluate(test_);
    EXPECT_NEAR(*found.loss, *report.loss, 1e-6) << batch;
    EXPECT_NEAR(*found.mean.auroc, *report.mean.auroc, 1e-9) << batch;
  }
}

TEST_F(PredictorTest, PredictsInOrderAndPieces) {
  Predictor predictor(model_, *device_, {.batch = 32});
  std::vector<std::int64_t> firsts;
  std::vector<float> all;
  predictor.predict(test_, [&](std::int64_t first, std::span<const float> rows) {
    firsts.push_back(first);
    all.insert(all.end(), rows.begin(), rows.end());
  });
  EXPECT_EQ(firsts, (std::vector<std::int64_t>{0, 32, 64}));
  EXPECT_EQ(all, predictor.predict(test_));
  for (const float p : all) {
    EXPECT_GE(p, 0);
    EXPECT_LE(p, 1);
  }
  // One example alone is predicted as among others.
  const std::int64_t index = 40;
  const std::vector<float> alone = predictor.predict(subset(test_, std::span(&index, 1)));
  EXPECT_NEAR(alone[0], all[80], 1e-6);
}

TEST_F(PredictorTest, AveragesBothStrands) {
  Examples other = test_;
  for (Window& window : other.windows) window = window.flipped();
  Predictor predictor(model_, *device_, {});
  const std::vector<float> forward = predictor.predict(test_), reverse = predictor.predict(other);
  std::vector<float> expected;
  for (std::size_t i = 0; i < forward.size(); ++i) expected.push_back((forward[i] + reverse[i]) / 2);
  Predictor both(model_, *device_, {.rc_average = true});
  expect_near(both.predict(test_), expected, 1e-6);
  EXPECT_NE(forward, reverse);

  // The loss is that of the averaged probabilities.
  double sum = 0, count = 0;
  for (std::int64_t i = 0; i < test_.size(); ++i) {
    for (std::int64_t task = 0; task < 2; ++task) {
      const float label = test_.labels.get(i, task);
      if (std::isnan(label)) continue;
      const double p = expected[static_cast<std::size_t>(2 * i + task)];
      sum -= label > 0 ? std::log(p) : std::log(1 - p);
      ++count;
    }
  }
  EXPECT_NEAR(*both.evaluate(test_).loss, sum / count, 1e-5);
}

TEST_F(PredictorTest, GivesTheLossOfItsPredictions) {
  std::vector<float> predictions;
  std::vector<std::int64_t> progress;
  const MetricsReport report = Predictor(model_, *device_, {.batch = 50})
                                   .evaluate(
                                       test_, [&](std::int64_t done) { progress.push_back(done); }, &predictions);
  EXPECT_EQ(progress, (std::vector<std::int64_t>{50, 75}));
  double sum = 0, count = 0;
  for (std::int64_t i = 0; i < test_.size(); ++i) {
    for (std::int64_t task = 0; task < 2; ++task) {
      const float label = test_.labels.get(i, task);
      if (std::isnan(label)) continue;
      const double p = predictions[static_cast<std::size_t>(2 * i + task)];
      sum -= label > 0 ? std::log(p) : std::log(1 - p);
      ++count;
    }
  }
  EXPECT_NEAR(*report.loss, sum / count, 1e-5);
  EXPECT_EQ(report.n, 75);
}

TEST_F(PredictorTest, TakesTheDivisorOfTheTraining) {
  TrainedModel model = model_;
  model.spec.training["loss_divisor"] = "examples";
  Examples complete = test_;
  for (std::int64_t i = 0; i < complete.size(); ++i) {
    for (std::int64_t task = 0; task < 2; ++task) complete.labels.set(i, task, static_cast<float>((i + task) % 2));
  }
  const double per_label = *Predictor(model_, *device_).evaluate(complete).loss;
  EXPECT_NEAR(*Predictor(model, *device_).evaluate(complete).loss, 2 * per_label, 1e-5);
}

TEST_F(PredictorTest, RefusesDataMadeForOthers) {
  Predictor predictor(model_, *device_);
  Examples shorter = test_;
  shorter.length = 39;
  expect_error(
      ErrorKind::invalid_argument, [&] { predictor.predict(shorter); }, "39 bases", "40");
  Examples other = test_;
  other.tasks = {"ecori", "ap1"};
  expect_error(
      ErrorKind::invalid_argument, [&] { predictor.evaluate(other); }, "ecori, ap1", "ap1, ecori");
  other.tasks.clear();
  other.labels = {};
  EXPECT_EQ(predictor.predict(other).size(), 150u) << "labels are not needed to predict";
  EXPECT_EQ(predictor.predict(subset(test_, {})).size(), 0u);
}

}  // namespace
}  // namespace genocuda
