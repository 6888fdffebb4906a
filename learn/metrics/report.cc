// SPDX-License-Identifier: Apache-2.0
#include "learn/metrics/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "learn/metrics/agreement.h"
#include "learn/metrics/profile.h"
#include "learn/metrics/ranking.h"

namespace genocuda {
namespace {

struct FigureRow {
  FigureInfo info;
  std::optional<double> Figures::*member;
};

// Every figure once, in the order of the JSON.
constexpr std::array<FigureRow, 9> kFigures = {{{{"auroc", true, TaskKind::binary}, &Figures::auroc},
                                                {{"auprc", true, TaskKind::binary}, &Figures::auprc},
                                                {{"mcc", true, TaskKind::binary}, &Figures::mcc},
                                                {{"accuracy", true, TaskKind::binary}, &Figures::accuracy},
                                                {{"pearson", true, TaskKind::signal}, &Figures::pearson},
                                                {{"spearman", true, TaskKind::signal}, &Figures::spearman},
                                                {{"mse", false, TaskKind::signal}, &Figures::mse},
                                                {{"jsd", false, TaskKind::profile}, &Figures::jsd},
                                                {{"jsd_average", false, TaskKind::profile}, &Figures::jsd_average}}};
constexpr FigureInfo kLoss = {"loss", false};

std::string_view without_split(std::string_view name) {
  constexpr std::string_view kSplit = "valid_";
  return name.starts_with(kSplit) ? name.substr(kSplit.size()) : name;
}

/// The row of that name, nullptr for the loss.
const FigureRow* find_figure(std::string_view full_name) {
  const std::string_view name = without_split(full_name);
  if (name == kLoss.name) return nullptr;
  std::string known(kLoss.name);
  for (const FigureRow& row : kFigures) {
    if (row.info.name == name) return &row;
    known.append(", ").append(row.info.name);
  }
  throw Error(ErrorKind::invalid_argument, "there is no figure '{}'; there are {}", full_name, known);
}

/// The labelled examples of one task.
struct Column {
  std::vector<double> predictions;
  std::vector<double> labels;
};

Column take_column(std::span<const float> predictions, std::span<const float> labels, std::size_t task,
                   std::size_t tasks) {
  if (predictions.size() != labels.size() || labels.size() % tasks != 0) {
    throw Error(ErrorKind::invalid_argument, "{} predictions and {} labels do not make rows of {} tasks",
                predictions.size(), labels.size(), tasks);
  }
  Column column;
  for (std::size_t i = task; i < labels.size(); i += tasks) {
    if (std::isnan(labels[i])) continue;
    column.predictions.push_back(predictions[i]);
    column.labels.push_back(labels[i]);
  }
  return column;
}

void score_binary(const Column& column, TaskMetrics& result) {
  for (const double label : column.labels) {
    if (label != 0 && label != 1) {
      throw Error(ErrorKind::invalid_argument, "task '{}' has the label {}; labels are 0, 1 or missing", result.name,
                  label);
    }
  }
  result.positives = std::count(column.labels.begin(), column.labels.end(), 1.);
  if (!result.reason.empty()) return;
  if (result.positives == 0 || result.positives == result.n) {
    result.reason = result.positives == 0 ? "no positive example" : "no negative example";
    return;
  }
  const std::vector<TieGroup> groups = rank_by_score(column.predictions, column.labels);
  const Confusion counts = confusion(column.predictions, column.labels);
  result.figures.auroc = auroc(groups);
  result.figures.auprc = average_precision(groups);
  result.figures.mcc = matthews_correlation(counts);
  result.figures.accuracy = accuracy(counts);
}

void score_signal(const Column& column, TaskMetrics& result) {
  if (!result.reason.empty()) return;
  result.figures.mse = mean_squared_error(column.predictions, column.labels);
  if (all_equal(column.labels) || all_equal(column.predictions)) {
    result.reason = fmt::format("all {} are equal", all_equal(column.labels) ? "labels" : "predictions");
    return;
  }
  result.figures.pearson = pearson(column.predictions, column.labels);
  result.figures.spearman = spearman(column.predictions, column.labels);
}

TaskMetrics score_column(const TaskInfo& task, const Column& column) {
  TaskMetrics result;
  result.name = task.name;
  result.kind = task.kind;
  result.n = static_cast<std::int64_t>(column.labels.size());
  const auto bad = std::count_if(column.predictions.begin(), column.predictions.end(),
                                 [](double value) { return !std::isfinite(value); });
  if (column.labels.empty()) {
    result.reason = "no labelled example";
  } else if (bad > 0) {
    result.reason = fmt::format("{} of {} predictions are not finite", bad, result.n);
  }
  task.kind == TaskKind::binary ? score_binary(column, result) : score_signal(column, result);
  return result;
}

std::optional<double> mean_over_tasks(const std::vector<TaskMetrics>& tasks, std::optional<double> Figures::*member) {
  double sum = 0;
  std::int64_t count = 0;
  for (const TaskMetrics& task : tasks) {
    if (const std::optional<double>& value = task.figures.*member) {
      sum += *value;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

nlohmann::ordered_json json_number(const std::optional<double>& value) {
  // JSON has no NaN and no infinity; nlohmann writes null for them.
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

TaskMetrics score_task(const TaskInfo& task, std::span<const float> predictions, std::span<const float> labels) {
  return score_column(task, take_column(predictions, labels, 0, 1));
}

TaskMetrics score_profiles(std::string name, std::span<const float> predictions, std::span<const float> labels,
                           std::int64_t positions) {
  TaskMetrics result{.name = std::move(name), .kind = TaskKind::profile, .figures = {}, .reason = {}};
  const ProfileDistances distances = profile_distances(predictions, labels, positions);
  result.n = distances.n;
  if (distances.n == 0) {
    result.reason = "no example with counts";
  } else if (!std::isfinite(distances.predicted)) {
    result.reason = "predictions are not finite";
  } else {
    result.figures.jsd = distances.predicted;
    result.figures.jsd_average = distances.average;
  }
  return result;
}

MetricsReport make_report(std::int64_t n, std::optional<double> loss, std::vector<TaskMetrics> tasks) {
  MetricsReport report{.n = n, .loss = loss, .mean = {}, .tasks = std::move(tasks)};
  for (const FigureRow& row : kFigures) report.mean.*row.member = mean_over_tasks(report.tasks, row.member);
  return report;
}

MetricsReport score_predictions(std::span<const float> predictions, std::span<const float> labels,
                                std::span<const TaskInfo> tasks, std::optional<double> loss) {
  if (tasks.empty()) throw Error(ErrorKind::invalid_argument, "0 tasks: there is nothing to score");
  std::vector<TaskMetrics> scored;
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    scored.push_back(score_column(tasks[task], take_column(predictions, labels, task, tasks.size())));
  }
  return make_report(static_cast<std::int64_t>(labels.size() / tasks.size()), loss, std::move(scored));
}

FigureInfo figure_info(std::string_view name) {
  const FigureRow* row = find_figure(name);
  return row == nullptr ? kLoss : row->info;
}

std::optional<double> figure(const MetricsReport& report, std::string_view name) {
  const FigureRow* row = find_figure(name);
  return row == nullptr ? report.loss : report.mean.*row->member;
}

bool improves(const FigureInfo& figure, std::optional<double> value, std::optional<double> best) {
  if (!value || std::isnan(*value)) return false;
  if (!best || std::isnan(*best)) return true;
  return figure.higher_is_better ? *value > *best : *value < *best;
}

nlohmann::ordered_json report_json(const MetricsReport& report) {
  nlohmann::ordered_json mean = nlohmann::ordered_json::object();
  for (const FigureRow& row : kFigures) {
    const bool applies = std::any_of(report.tasks.begin(), report.tasks.end(),
                                     [&](const TaskMetrics& task) { return task.kind == row.info.kind; });
    if (applies) mean[std::string(row.info.name)] = json_number(report.mean.*row.member);
  }
  nlohmann::ordered_json tasks = nlohmann::ordered_json::array();
  for (const TaskMetrics& task : report.tasks) {
    nlohmann::ordered_json entry = {{"name", task.name}, {"n", task.n}};
    if (task.kind == TaskKind::binary) entry["positives"] = task.positives;
    for (const FigureRow& row : kFigures) {
      if (row.info.kind == task.kind) entry[std::string(row.info.name)] = json_number(task.figures.*row.member);
    }
    if (!task.reason.empty()) entry["reason"] = task.reason;
    tasks.push_back(std::move(entry));
  }
  return {{"n", report.n}, {"loss", json_number(report.loss)}, {"mean", std::move(mean)}, {"tasks", std::move(tasks)}};
}

std::string report_text(const MetricsReport& report) {
  return report_json(report).dump(2, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace) +
         '\n';
}

}  // namespace genocuda
