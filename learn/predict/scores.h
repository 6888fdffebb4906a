// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "learn/metrics/report.h"
#include "learn/train/batch.h"

/// Predictions against what was observed.
namespace genocuda {

/// What an output's columns are scored as.
TaskKind kind_of(const HeadColumns& head);

/// The same of tasks, which are named in the order of the outputs that predict labels.
std::vector<TaskInfo> task_infos(std::span<const HeadColumns> heads, std::span<const std::string> tasks);

/// Of an output, [rows, count] each.
struct HeadScores {
  std::vector<float> predictions, observed;
};

/// An entry a task, and one for each output that predicts a signal.
std::vector<TaskMetrics> score_heads(std::span<const HeadColumns> heads, std::span<const std::string> tasks,
                                     std::span<const HeadScores> scores);

}  // namespace genocuda
