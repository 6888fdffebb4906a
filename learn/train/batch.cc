// SPDX-License-Identifier: Apache-2.0
#include "learn/train/batch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "learn/data/signals.h"

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

/// Of a signal that says yes where it is at least one half.
float as_class(float value) { return std::isnan(value) ? value : value >= 0.5f ? 1.0f : 0.0f; }

HeadSignal signal_of(const Head& head, std::int64_t length) {
  const TargetSpec& target = head.target;
  HeadSignal signal{target.signal, target.measure, target.channels, 0, 0};
  if (target.measure == TargetMeasure::values) {
    signal.positions = head.output.shape()[1] / target.channels;
    signal.bases = signal.positions * target.bin;
  } else {
    signal.bases = target.bases > 0 ? target.bases : length;
    signal.positions = signal.bases / target.bin;
  }
  return signal;
}

/// n / (classes · n of the class); a class without examples has no say.
float balanced_weight(double of_all, double classes, double of_class) {
  return of_class > 0 ? static_cast<float>(of_all / (classes * of_class)) : 1.0f;
}

/// The rows of `labels`, each of `tasks`.
void fill_label_target(const HeadColumns& head, const LabelWeights& weights, std::span<const float> labels,
                       std::size_t tasks, Target& target) {
  for (std::size_t row = 0; row * tasks < labels.size(); ++row) {
    const float* from = labels.data() + row * tasks + head.first_label;
    const std::size_t to = row * static_cast<std::size_t>(head.count);
    std::copy_n(from, head.count, target.labels.data() + to);
    if (is_per_row(head.loss)) {
      target.weights[row] = weights.of_row(head, from);
      continue;
    }
    for (std::int64_t column = 0; column < head.count; ++column) {
      target.weights[to + static_cast<std::size_t>(column)] = weights.of(head.first_label + column, from[column]);
    }
  }
}

/// log(1 + Σ) over the positions of each window, of all channels together or of each.
void fill_log_totals(std::span<const float> values, std::int64_t channels, std::int64_t count, std::span<float> out) {
  std::vector<double> totals(out.size());
  const std::size_t window = values.size() * static_cast<std::size_t>(count) / out.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t channel = count == 1 ? 0 : i % static_cast<std::size_t>(channels);
    totals[i / window * static_cast<std::size_t>(count) + channel] += values[i];
  }
  std::ranges::transform(totals, out.begin(),
                         [](double total) { return std::log1p(std::max(static_cast<float>(total), 0.0f)); });
}

void fill_signal_target(const HeadColumns& head, const Examples& examples, std::span<const Window> windows,
                        Target& target) {
  const HeadSignal& signal = *head.signal;
  const std::size_t values = windows.size() * static_cast<std::size_t>(signal.positions * signal.channels);
  const std::size_t labels = windows.size() * static_cast<std::size_t>(head.count);
  if (windows.empty()) return;
  if (signal.measure == TargetMeasure::values) {
    pack_signal(examples, signal.name, windows, signal.bases, target.labels.data());
    if (head.loss == LossKind::bce_with_logits) {
      for (std::size_t i = 0; i < labels; ++i) target.labels[i] = as_class(target.labels[i]);
    }
  } else {
    std::vector<float> packed(values);
    pack_signal(examples, signal.name, windows, signal.bases, packed.data());
    fill_log_totals(packed, signal.channels, head.count, std::span(target.labels).first(labels));
  }
  // What is missing does not count: core/ops/loss.h.
  const std::size_t weights = static_cast<std::size_t>(head.weight_count(static_cast<std::int64_t>(windows.size())));
  std::fill_n(target.weights.begin(), weights, 1.0f);
}

}  // namespace

std::vector<HeadColumns> assign_columns(const BuiltModel& model, std::int64_t tasks) {
  std::vector<HeadColumns> heads;
  std::int64_t first = 0, first_label = 0;
  for (const Head& head : model.heads) {
    HeadColumns columns{head.name, head.loss, head.weight, first, head.output.shape()[1]};
    first += columns.count;
    if (head.target.signal.empty()) {
      columns.first_label = first_label;
      first_label += columns.count;
    } else {
      columns.signal = signal_of(head, model.size.length);
    }
    heads.push_back(std::move(columns));
  }
  if (first_label != tasks) {
    throw Error(ErrorKind::invalid_argument,
                "the model has {} outputs but the data {} tasks; write 'tasks' for the units of its last layer",
                first_label, tasks);
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
    if (head.signal) continue;
    const bool of_rows = head.loss == LossKind::softmax_cross_entropy;
    if (!of_rows && head.loss != LossKind::bce_with_logits) {
      throw Error(ErrorKind::invalid_argument, "class_weights are for tasks with classes; output '{}' has the loss {}",
                  head.name, name_of(head.loss));
    }
    const auto first = static_cast<std::size_t>(head.first_label), count = static_cast<std::size_t>(head.count);
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
  return positive_[static_cast<std::size_t>(head.first_label + (largest - labels))];
}

void fill_targets(std::span<const HeadColumns> heads, const LabelWeights& weights, const Examples& examples,
                  std::span<const std::int64_t> indices, std::span<const Window> windows, std::int64_t rows,
                  std::vector<Target>& targets) {
  const auto tasks = static_cast<std::size_t>(examples.task_count());
  std::vector<float> labels(indices.size() * tasks);
  if (tasks > 0) pack_labels(examples, indices, labels.data());
  targets.resize(heads.size());
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const HeadColumns& head = heads[h];
    Target& target = targets[h];
    target.labels.assign(static_cast<std::size_t>(rows * head.count), std::numeric_limits<float>::quiet_NaN());
    target.weights.assign(static_cast<std::size_t>(head.weight_count(rows)), 0.0f);
    if (head.signal) {
      fill_signal_target(head, examples, windows, target);
    } else {
      fill_label_target(head, weights, labels, tasks, target);
    }
  }
}

}  // namespace genocuda
