// SPDX-License-Identifier: Apache-2.0
#include "learn/train/data_checks.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "learn/data/signals.h"
#include "learn/predict/scores.h"

namespace genocuda {
namespace {

/// Whether some task has both classes.
bool ranks_labels(const Examples& examples, std::span<const HeadColumns> heads) {
  const std::vector<TaskInfo> tasks = task_infos(heads, examples.tasks);
  for (std::int64_t task = 0; task < examples.task_count(); ++task) {
    if (tasks[static_cast<std::size_t>(task)].kind != TaskKind::binary) continue;
    bool positive = false, negative = false;
    for (std::int64_t i = 0; i < examples.size() && !(positive && negative); ++i) {
      const float label = examples.labels.get(i, task);
      positive |= label > 0.5f;
      negative |= label <= 0.5f;
    }
    if (positive && negative) return true;
  }
  return false;
}

/// The same of what is trained towards a signal, such as peaks.
bool ranks_signals(const Examples& examples, std::span<const HeadColumns> heads) {
  for (const HeadColumns& head : heads) {
    if (!head.signal || head.loss != LossKind::bce_with_logits) continue;
    std::vector<float> values(static_cast<std::size_t>(head.signal->positions * head.signal->channels));
    bool positive = false, negative = false;
    for (std::int64_t i = 0; i < examples.size() && !(positive && negative); ++i) {
      const Window& window = examples.windows[static_cast<std::size_t>(i)];
      pack_signal(examples, head.signal->name, {&window, 1}, head.signal->bases, values.data());
      for (const float value : values) (value >= 0.5f ? positive : negative) = true;
    }
    if (positive && negative) return true;
  }
  return false;
}

std::string_view kinds_in_words(TaskKind kind) {
  switch (kind) {
    case TaskKind::binary:
      return "classes";
    case TaskKind::signal:
      return "numbers";
    case TaskKind::profile:
      break;
  }
  return "profiles";
}

}  // namespace

void require_trainable(const ModelSpec& spec, const Examples& train, const Examples* valid) {
  const auto fail = [](const std::string& message) { throw Error(ErrorKind::invalid_argument, "{}", message); };
  if (train.size() == 0) fail("there are no training examples");
  const bool takes_labels =
      std::ranges::any_of(spec.outputs, [](const OutputSpec& output) { return output.target.signal.empty(); });
  if (takes_labels && train.task_count() == 0) fail("the training examples have no labels: name at least one task");
  if (!takes_labels && train.task_count() > 0) {
    fail(fmt::format("model '{}' is trained towards signals alone, and the data have labels: leave them out",
                     spec.name));
  }
  require_signals(spec, train, true);
  if (valid == nullptr) return;
  if (valid->size() == 0) fail("the validation set has no examples: name other chromosomes or leave it out");
  if (valid->length != train.length) {
    fail(fmt::format("validation examples have {} bases and training examples {}: give windows of one length",
                     valid->length, train.length));
  }
  require_signals(spec, *valid, true);
  if (valid->tasks != train.tasks) fail("the validation examples have other tasks than the training examples");
}

void require_something_to_learn(std::span<const HeadColumns> heads, const Examples& train) {
  for (const HeadColumns& head : heads) {
    if (!head.signal) continue;
    const HeadSignal& signal = *head.signal;
    std::vector<float> values(static_cast<std::size_t>(signal.positions * signal.channels));
    const bool some = std::ranges::any_of(train.windows, [&](const Window& window) {
      pack_signal(train, signal.name, {&window, 1}, signal.bases, values.data());
      return std::ranges::any_of(values, [](float value) { return value < 0 || value > 0; });
    });
    if (!some) {
      throw Error(
          ErrorKind::invalid_argument,
          "signal '{}' is 0 in all {} windows to train on, in the middle {} bases that output '{}' learns: does "
          "the file have their contigs?",
          signal.name, train.size(), signal.bases, head.name);
    }
  }
}

std::string chosen_figure(const std::string& stop_on, const Examples& valid, std::span<const HeadColumns> heads) {
  const bool ranks = ranks_labels(valid, heads) || ranks_signals(valid, heads);
  if (stop_on == "auto") return ranks ? "auroc" : "loss";
  const FigureInfo wanted = figure_info(stop_on);
  const bool of_classes = wanted.name == "auroc" || wanted.name == "auprc";
  if (of_classes && !ranks) {
    throw Error(ErrorKind::invalid_argument,
                "stop_on = '{}' needs validation examples of both classes, and no task has them: take 'loss'", stop_on);
  }
  const auto has_it = [&](const HeadColumns& head) { return kind_of(head) == wanted.kind; };
  if (wanted.kind && std::ranges::none_of(heads, has_it)) {
    throw Error(ErrorKind::invalid_argument,
                "stop_on = '{}' is a figure of {}, and no output predicts any: take 'loss'", stop_on,
                kinds_in_words(*wanted.kind));
  }
  return stop_on;
}

}  // namespace genocuda
