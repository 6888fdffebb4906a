// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace genocuda {

/// What a task predicts, which decides how it is scored.
enum class TaskKind {
  binary,   ///< labels 0 or 1, predictions are probabilities: AUROC, AUPRC, MCC, accuracy
  signal,   ///< labels and predictions are any numbers: Pearson, Spearman, mean squared error
  profile,  ///< labels are counts along positions, predictions their distribution: Jensen–Shannon distance
};

struct TaskInfo {
  std::string name;
  TaskKind kind = TaskKind::binary;
};

/// Every figure there is; those that do not apply to a task, or cannot be had, are absent.
struct Figures {
  std::optional<double> auroc;
  std::optional<double> auprc;
  std::optional<double> mcc;
  std::optional<double> accuracy;
  std::optional<double> pearson;
  std::optional<double> spearman;
  std::optional<double> mse;
  std::optional<double> jsd;          ///< mean over the examples that have counts
  std::optional<double> jsd_average;  ///< the same if their mean profile is what is predicted for each: the baseline
};

struct TaskMetrics {
  std::string name;
  TaskKind kind = TaskKind::binary;
  std::int64_t n = 0;          ///< examples with a label
  std::int64_t positives = 0;  ///< of them, labelled 1 (binary tasks)
  Figures figures;
  std::string reason;  ///< why a figure is absent; empty where none is
};

struct MetricsReport {
  std::int64_t n = 0;          ///< examples, labelled or not
  std::optional<double> loss;  ///< mean loss, where the caller knows it
  Figures mean;                ///< each figure's mean over the tasks that have it
  std::vector<TaskMetrics> tasks;
};

/// Scores a task of numbers; a label of NaN is missing and its example left out. `profile` tasks go to
/// score_profiles(). What cannot be had is absent, with a reason. Throws Error (invalid_argument) where sizes differ,
/// and where a binary task's label is neither 0 nor 1.
TaskMetrics score_task(const TaskInfo& task, std::span<const float> predictions, std::span<const float> labels);

/// Scores profiles, row-major [n, positions], by Jensen–Shannon distances: square roots of divergences in bits, 0 to 1
/// (learn/metrics/profile.h). Predictions are distributions, labels counts; examples without counts, or with a missing
/// one, are left out.
TaskMetrics score_profiles(std::string name, std::span<const float> predictions, std::span<const float> labels,
                           std::int64_t positions);

/// Adds the means.
MetricsReport make_report(std::int64_t n, std::optional<double> loss, std::vector<TaskMetrics> tasks);

/// Scores `predictions` against `labels`, both row-major [n, tasks]; a label of NaN is missing and its example left out
/// of that task. A binary task without both classes, or with a prediction that is not finite, gets no figure but a
/// reason, and the means pass over it. Throws Error (invalid_argument) where sizes differ, there is no task, or a
/// binary task's label is neither 0 nor 1.
MetricsReport score_predictions(std::span<const float> predictions, std::span<const float> labels,
                                std::span<const TaskInfo> tasks, std::optional<double> loss = std::nullopt);

/// A figure that training can watch.
struct FigureInfo {
  std::string_view name;
  bool higher_is_better = true;
  std::optional<TaskKind> kind = {};  ///< of the tasks that it is a figure of; the loss is of all
};

/// The figure of that name: loss, auroc, auprc, mcc, accuracy, pearson, spearman, mse or jsd, alone or with "valid_"
/// before it. Throws Error (invalid_argument) that lists the names.
FigureInfo figure_info(std::string_view name);

/// Its value in a report: the loss, or the mean over tasks. Absent where no task could be scored; names as figure_info.
std::optional<double> figure(const MetricsReport& report, std::string_view name);

/// True if `value` is better than `best`, or is the first. A value that is absent or NaN never is.
bool improves(const FigureInfo& figure, std::optional<double> value, std::optional<double> best);

/// The report as `evaluate` and test.json give it: {"n", "loss", "mean": {"auroc", "auprc", "mcc", "accuracy"},
/// "tasks": [{"name", "n", "positives", "auroc", ...}]}; signals have "pearson", "spearman", "mse" instead and no
/// "positives", profiles "jsd" and "jsd_average", and "mean" has the figures of both kinds where both occur. What is
/// absent is null, and such a task has a "reason". Numbers are written so that reading them gives the same bits,
/// whatever the locale.
nlohmann::ordered_json report_json(const MetricsReport& report);
/// The same as text, indented, with a line break at the end.
std::string report_text(const MetricsReport& report);

}  // namespace genocuda
