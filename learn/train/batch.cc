// SPDX-License-Identifier: Apache-2.0
#include "learn/train/batch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace genocuda {
namespace {

/// Labels of each column above and at most one half.
struct Counts {
  std::vector<double> negative, positive;
};

Counts count_labels(const Examples& examples) {
  const auto tasks = static_cast<std::size_t>(examples.task_count());
  Counts counts{std::vector<double>(tasks), std::vector<double>(tasks)};
  std::vector<float> row(tasks);
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    examples.labels.copy_row(i, row.data());
    for (std::size_t t = 0; t < tasks; ++t) {
      if (std::isnan(row[t])) continue;
      ++(row[t] > 0.5f ? counts.positive : counts.negative)[t];
    }
  }
  return counts;
}

/// n / (classes · n of the class); a class without examples has no say.
float balanced_weight(double of_all, double classes, double of_class) {
  return of_class > 0 ? static_cast<float>(of_all / (classes * of_class)) : 1.0f;
}

}  // namespace

std::vector<HeadColumns> assign_columns(const BuiltModel& model, std::int64_t tasks) {
  std::vector<HeadColumns> heads;
  std::int64_t first = 0;
  for (const Head& head : model.heads) {
    const std::int64_t count = head.output.shape()[1];
    heads.push_back({head.name, head.loss, head.weight, first, count});
    first += count;
  }
  if (first != tasks) {
    throw Error(ErrorKind::invalid_argument,
                "the model has {} outputs but the data {} tasks; write 'tasks' for the units of its last layer", first,
                tasks);
  }
  return heads;
}

LabelWeights::LabelWeights(const ClassWeights& weights, std::span<const HeadColumns> heads, const Examples& examples) {
  if (weights.kind == ClassWeights::Kind::none) return;
  const auto tasks = static_cast<std::size_t>(examples.task_count());
  const std::size_t given = weights.values.size();
  if (weights.kind == ClassWeights::Kind::positives && given != 1 && given != tasks) {
    throw Error(ErrorKind::invalid_argument, "class_weights has {} numbers for {} tasks: give one, or one a task",
                given, tasks);
  }
  const Counts counts = weights.kind == ClassWeights::Kind::balanced ? count_labels(examples) : Counts{};
  negative_.assign(tasks, 1.0f);
  positive_.assign(tasks, 1.0f);
  for (const HeadColumns& head : heads) {
    const bool of_rows = head.loss == LossKind::softmax_cross_entropy;
    if (!of_rows && head.loss != LossKind::bce_with_logits) {
      throw Error(ErrorKind::invalid_argument, "class_weights are for tasks with classes; output '{}' has the loss {}",
                  head.name, name_of(head.loss));
    }
    const auto first = static_cast<std::size_t>(head.first), count = static_cast<std::size_t>(head.count);
    for (std::size_t t = first; t < first + count; ++t) {
      if (weights.kind == ClassWeights::Kind::positives) {
        positive_[t] = static_cast<float>(weights.values[given == 1 ? 0 : t]);
        continue;
      }
      const double all = counts.positive[t] + counts.negative[t];
      positive_[t] = balanced_weight(all, of_rows ? static_cast<double>(count) : 2, counts.positive[t]);
      negative_[t] = balanced_weight(all, 2, counts.negative[t]);
    }
  }
}

float LabelWeights::of(std::int64_t column, float label) const {
  if (std::isnan(label)) return 0;
  if (positive_.empty()) return 1;
  return (label > 0.5f ? positive_ : negative_)[static_cast<std::size_t>(column)];
}

float LabelWeights::of_row(const HeadColumns& head, const float* labels) const {
  if (std::any_of(labels, labels + head.count, [](float label) { return std::isnan(label); })) return 0;
  if (positive_.empty()) return 1;
  const float* largest = std::max_element(labels, labels + head.count);
  return positive_[static_cast<std::size_t>(head.first + (largest - labels))];
}

void fill_targets(std::span<const HeadColumns> heads, const LabelWeights& weights, std::span<const float> labels,
                  std::int64_t tasks, std::int64_t rows, std::int64_t filled, std::vector<Target>& targets) {
  targets.resize(heads.size());
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const HeadColumns& head = heads[h];
    Target& target = targets[h];
    target.labels.assign(static_cast<std::size_t>(rows * head.count), std::numeric_limits<float>::quiet_NaN());
    target.weights.assign(static_cast<std::size_t>(head.weight_count(rows)), 0.0f);
    for (std::int64_t row = 0; row < filled; ++row) {
      const float* from = labels.data() + row * tasks + head.first;
      std::copy_n(from, head.count, target.labels.data() + row * head.count);
      if (is_per_row(head.loss)) {
        target.weights[static_cast<std::size_t>(row)] = weights.of_row(head, from);
        continue;
      }
      for (std::int64_t column = 0; column < head.count; ++column) {
        target.weights[static_cast<std::size_t>(row * head.count + column)] =
            weights.of(head.first + column, from[column]);
      }
    }
  }
}

}  // namespace genocuda
