// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/report.h"

#include <clocale>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"

namespace genocuda {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const std::vector<TaskInfo> kTwoTasks = {{"ctcf"}, {"gata1"}};

/// The numbers of glibc's TYPE_0 rand(), in [0, 1): any language can repeat them.
class Draw {
 public:
  double operator()() {
    state_ = (1103515245 * state_ + 12345) % 2147483648;
    return static_cast<double>(state_) / 2147483648.;
  }

 private:
  std::uint64_t state_ = 12345;
};

// Expected: scikit-learn and scipy on the same numbers (figures to the last digit):
//   for i in range(500): a, b = u(), u(); s = floor(a * 16) / 16; score = s; label = b + .5 * s > .9
//                        predicted = floor(a * 64) / 64; signal = float32(.7 * a + .3 * b)
//   roc_auc_score, average_precision_score, matthews_corrcoef(label, score >= .5), accuracy_score,
//   pearsonr, spearmanr, mean_squared_error
TEST(ScorePredictions, AgreesWithScikitLearnAndScipy) {
  Draw draw;
  std::vector<float> predictions, labels;
  for (int i = 0; i < 500; ++i) {
    const double a = draw(), b = draw(), score = std::floor(a * 16) / 16;
    predictions.push_back(static_cast<float>(score));
    labels.push_back(b + .5 * score > .9 ? 1.f : 0.f);
    predictions.push_back(static_cast<float>(std::floor(a * 64) / 64));
    labels.push_back(static_cast<float>(.7 * a + .3 * b));
  }
  const MetricsReport report = score_predictions(
      predictions, labels, std::vector<TaskInfo>{{"peak", TaskKind::binary}, {"track", TaskKind::signal}}, .25);
  const Figures& peak = report.tasks[0].figures;
  EXPECT_EQ(report.n, 500);
  EXPECT_EQ(report.tasks[0].positives, 158);
  EXPECT_DOUBLE_EQ(*peak.auroc, 0.6912243689392257);
  EXPECT_DOUBLE_EQ(*peak.auprc, 0.4799910427298215);
  EXPECT_DOUBLE_EQ(*peak.mcc, 0.2432078678537238);
  EXPECT_DOUBLE_EQ(*peak.accuracy, 0.616);
  EXPECT_FALSE(peak.pearson || peak.spearman || peak.mse);
  const Figures& track = report.tasks[1].figures;
  EXPECT_NEAR(*track.pearson, 0.9098337134992782, 1e-14);
  EXPECT_NEAR(*track.spearman, 0.9161844072934191, 1e-14);
  EXPECT_NEAR(*track.mse, 0.015119585348951707, 1e-16);
  EXPECT_FALSE(track.auroc || track.auprc || track.mcc || track.accuracy);
  EXPECT_EQ(report.mean.auroc, peak.auroc);
  EXPECT_EQ(report.mean.mse, track.mse);
}

TEST(ScorePredictions, MissingLabelsAreLeftOutOfTheirTaskAlone) {
  const std::vector<float> predictions = {.9f, .1f, .2f, .9f, .8f, .3f, .1f, .7f};
  const std::vector<float> labels = {1, kNaN, 0, 1, kNaN, 0, 1, kNaN};
  const MetricsReport report = score_predictions(predictions, labels, kTwoTasks);
  EXPECT_EQ(report.n, 4);
  EXPECT_EQ(report.tasks[0].n, 3);
  EXPECT_EQ(report.tasks[0].positives, 2);
  EXPECT_EQ(report.tasks[0].figures.auroc, .5);
  EXPECT_EQ(report.tasks[1].n, 2);
  EXPECT_EQ(report.tasks[1].figures.auroc, 1);
  EXPECT_EQ(report.mean.auroc, .75);
}

TEST(ScorePredictions, TasksThatCannotBeScoredAreLeftOutAndSaid) {
  const std::vector<TaskInfo> tasks = {{"good"}, {"no positive"}, {"no negative"}, {"no label"}, {"broken"}};
  const std::vector<float> predictions = {.9f, .5f, .5f, .5f, kNaN, .1f, .5f, .5f, .5f, .5f};
  const std::vector<float> labels = {1, 0, 1, kNaN, 1, 0, 0, 1, kNaN, 0};
  const MetricsReport report = score_predictions(predictions, labels, tasks);
  EXPECT_EQ(report.tasks[0].reason, "");
  EXPECT_EQ(report.tasks[1].reason, "no positive example");
  EXPECT_EQ(report.tasks[2].reason, "no negative example");
  EXPECT_EQ(report.tasks[3].reason, "no labelled example");
  EXPECT_EQ(report.tasks[4].reason, "1 of 2 predictions are not finite");
  for (std::size_t task = 1; task < tasks.size(); ++task) {
    const Figures& figures = report.tasks[task].figures;
    EXPECT_FALSE(figures.auroc || figures.auprc || figures.mcc || figures.accuracy) << tasks[task].name;
  }
  EXPECT_EQ(report.mean.auroc, 1);
  EXPECT_EQ(report.mean.accuracy, 1);
}

TEST(ScorePredictions, ConstantSignalsHaveAnErrorButNoCorrelation) {
  const std::vector<TaskInfo> tasks = {{"flat labels", TaskKind::signal}, {"flat predictions", TaskKind::signal}};
  const std::vector<float> predictions = {1, 2, 2, 2};
  const std::vector<float> labels = {1, 1, 1, 3};
  const MetricsReport report = score_predictions(predictions, labels, tasks);
  EXPECT_EQ(report.tasks[0].figures.mse, .5);
  EXPECT_EQ(report.tasks[0].figures.pearson, std::nullopt);
  EXPECT_EQ(report.tasks[0].reason, "all labels are equal");
  EXPECT_EQ(report.tasks[1].reason, "all predictions are equal");
  EXPECT_EQ(report.mean.pearson, std::nullopt);
  EXPECT_EQ(report.mean.mse, .75);
}

TEST(ScorePredictions, RefusesWhatDoesNotFit) {
  const std::vector<float> three(3, 0.f), four(4, 0.f), odd = {0, 1, .3f, 1};
  const auto invalid = ErrorKind::invalid_argument;
  expect_error(
      invalid, [&] { score_predictions(four, three, kTwoTasks); }, "4 predictions", "3 labels");
  expect_error(
      invalid, [&] { score_predictions(three, three, kTwoTasks); }, "rows of 2 tasks");
  expect_error(
      invalid, [&] { score_predictions(four, four, {}); }, "0 tasks");
  expect_error(
      invalid, [&] { score_predictions(four, odd, kTwoTasks); }, "'ctcf'", "0, 1 or missing");
  EXPECT_EQ(score_predictions({}, {}, kTwoTasks).tasks[1].reason, "no labelled example");
}

TEST(ReportText, HasTheAgreedForm) {
  const std::vector<float> predictions = {.9f, .2f, .1f, .3f};
  const std::vector<float> labels = {1, 0, 0, 0};
  EXPECT_EQ(report_text(score_predictions(predictions, labels, kTwoTasks, .1)), R"({
  "n": 2,
  "loss": 0.1,
  "mean": {
    "auroc": 1.0,
    "auprc": 1.0,
    "mcc": 1.0,
    "accuracy": 1.0
  },
  "tasks": [
    {
      "name": "ctcf",
      "n": 2,
      "positives": 1,
      "auroc": 1.0,
      "auprc": 1.0,
      "mcc": 1.0,
      "accuracy": 1.0
    },
    {
      "name": "gata1",
      "n": 2,
      "positives": 0,
      "auroc": null,
      "auprc": null,
      "mcc": null,
      "accuracy": null,
      "reason": "no positive example"
    }
  ]
}
)");
}

TEST(ReportText, GivesSignalsTheirOwnFigures) {
  const std::vector<float> predictions = {1, 2}, labels = {1, 2};
  EXPECT_EQ(
      report_json(score_predictions(predictions, labels, std::vector<TaskInfo>{{"track", TaskKind::signal}})).dump(),
      R"({"n":2,"loss":null,"mean":{"pearson":1.0,"spearman":1.0,"mse":0.0},)"
      R"("tasks":[{"name":"track","n":2,"pearson":1.0,"spearman":1.0,"mse":0.0}]})");
}

TEST(ReportText, NumbersComeBackToTheBitInAnyLocale) {
  MetricsReport report;
  for (const double value : {.1, 1. / 3, 0.6912243689392257, 5e-324, 1.7976931348623157e308}) {
    report.loss = value;
    EXPECT_EQ(nlohmann::json::parse(report_text(report)).at("loss").get<double>(), value);
  }
  report.loss = 1.5;
  const std::string before = report_text(report);
  for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, locale) != nullptr) {
      EXPECT_EQ(report_text(report), before);
    }
  }
  std::setlocale(LC_ALL, "C");
  report.loss = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(nlohmann::json::parse(report_text(report)).at("loss").is_null());
}

TEST(Figure, IsFoundByItsName) {
  const std::vector<float> predictions = {.9f, .2f}, labels = {1, 0};
  const MetricsReport report = score_predictions(predictions, labels, std::vector<TaskInfo>{{"ctcf"}}, .125);
  EXPECT_EQ(figure(report, "loss"), .125);
  EXPECT_EQ(figure(report, "valid_loss"), .125);
  EXPECT_EQ(figure(report, "auroc"), 1);
  EXPECT_EQ(figure(report, "valid_accuracy"), 1);
  EXPECT_EQ(figure(report, "pearson"), std::nullopt);
  expect_error(
      ErrorKind::invalid_argument, [&] { figure(report, "valid_auc"); }, "'valid_auc'",
      "loss, auroc, auprc, mcc, accuracy, pearson, spearman, mse");
  expect_error(
      ErrorKind::invalid_argument, [&] { figure_info(""); }, "''");
}

TEST(Figure, KnowsItsDirection) {
  EXPECT_TRUE(figure_info("auroc").higher_is_better);
  EXPECT_FALSE(figure_info("valid_loss").higher_is_better);
  EXPECT_FALSE(figure_info("mse").higher_is_better);
  const FigureInfo loss = figure_info("loss"), auroc = figure_info("auroc");
  EXPECT_TRUE(improves(loss, .1, .2));
  EXPECT_FALSE(improves(loss, .2, .1));
  EXPECT_TRUE(improves(auroc, .2, .1));
  EXPECT_FALSE(improves(auroc, .1, .1)) << "equal is no better";
  EXPECT_TRUE(improves(auroc, .1, std::nullopt));
  EXPECT_FALSE(improves(auroc, std::nullopt, std::nullopt));
  EXPECT_FALSE(improves(loss, std::nan(""), .1));
  EXPECT_TRUE(improves(loss, 5, std::nan("")));
}

}  // namespace
}  // namespace genocuda
