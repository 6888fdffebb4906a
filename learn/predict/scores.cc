// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/scores.h"

namespace genocuda {
namespace {

TaskMetrics score_signal(const HeadColumns& head, const HeadScores& scores) {
  if (kind_of(head) == TaskKind::profile) {
    return score_profiles(head.name, scores.predictions, scores.observed, head.count);
  }
  return score_task({head.name, kind_of(head)}, scores.predictions, scores.observed);
}

}  // namespace

TaskKind kind_of(const HeadColumns& head) {
  if (head.signal && head.loss == LossKind::multinomial_nll) return TaskKind::profile;
  return head.loss == LossKind::bce_with_logits || head.loss == LossKind::softmax_cross_entropy ? TaskKind::binary
                                                                                                : TaskKind::signal;
}

std::vector<TaskInfo> task_infos(std::span<const HeadColumns> heads, std::span<const std::string> tasks) {
  std::vector<TaskInfo> infos;
  for (const HeadColumns& head : heads) {
    if (head.signal) continue;
    for (std::int64_t label = head.first_label; label < head.first_label + head.count; ++label) {
      infos.push_back({tasks[static_cast<std::size_t>(label)], kind_of(head)});
    }
  }
  return infos;
}

std::vector<TaskMetrics> score_heads(std::span<const HeadColumns> heads, std::span<const std::string> tasks,
                                     std::span<const HeadScores> scores) {
  const std::vector<TaskInfo> infos = task_infos(heads, tasks);
  std::vector<TaskMetrics> scored;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const HeadColumns& head = heads[h];
    if (head.signal) {
      scored.push_back(score_signal(head, scores[h]));
      continue;
    }
    const auto own =
        std::span(infos).subspan(static_cast<std::size_t>(head.first_label), static_cast<std::size_t>(head.count));
    const MetricsReport report = score_predictions(scores[h].predictions, scores[h].observed, own);
    scored.insert(scored.end(), report.tasks.begin(), report.tasks.end());
  }
  return scored;
}

}  // namespace genocuda
