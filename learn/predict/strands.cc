// SPDX-License-Identifier: Apache-2.0
#include "learn/predict/strands.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "genomics/tracks.h"

namespace genocuda {
namespace {

/// The channel that each is on the other strand, which the files of the signal say.
std::vector<std::int32_t> flipped_channels(const HeadColumns& head, const Examples& examples) {
  if (head.signal->channels == 1) return {0};
  const auto signal = examples.signals.find(head.signal->name);
  if (signal == examples.signals.end()) {
    throw Error(ErrorKind::invalid_argument,
                "output '{}' has {} channels, and which of them are strands of each other only its signal says: "
                "predict without averaging the strands",
                head.name, head.signal->channels);
  }
  const std::span<const std::int32_t> other = signal->second->other_strand();
  return {other.begin(), other.end()};
}

float undo_link(LossKind loss, float prediction) {
  constexpr double kLeast = std::numeric_limits<float>::min(), kMost = 1 - std::numeric_limits<float>::epsilon() / 2;
  const double p = prediction;
  switch (loss) {
    case LossKind::bce_with_logits:
      return static_cast<float>(std::log(std::max(p, kLeast)) - std::log1p(-std::min(p, kMost)));
    case LossKind::poisson:
    case LossKind::softmax_cross_entropy:
    case LossKind::multinomial_nll:
      return static_cast<float>(std::log(std::max(p, kLeast)));
    case LossKind::mse:
      return prediction;
  }
  throw Error(ErrorKind::internal, "unknown loss {}", static_cast<int>(loss));
}

}  // namespace

void average_strands(const HeadColumns& head, const Examples& examples, std::int64_t rows, std::int64_t columns,
                     PredictionRows& own, const PredictionRows& other) {
  const bool along = head.signal && head.count > 1;
  const std::vector<std::int32_t> flipped = along ? flipped_channels(head, examples) : std::vector<std::int32_t>{0};
  const auto channels = static_cast<std::int64_t>(flipped.size());
  const std::int64_t positions = head.count / channels;
  for (std::int64_t row = 0; row < rows; ++row) {
    float* here = own.data() + row * columns + head.first;
    const float* there = other.data() + row * columns + head.first;
    for (std::int64_t i = 0; i < head.count; ++i) {
      const std::int64_t opposite =
          along ? (positions - 1 - i / channels) * channels + flipped[static_cast<std::size_t>(i % channels)] : i;
      here[i] = 0.5f * (here[i] + there[opposite]);
    }
  }
}

std::vector<float> scores_behind(const HeadColumns& head, const PredictionRows& predictions, std::int64_t columns) {
  std::vector<float> scores;
  scores.reserve(predictions.size() / static_cast<std::size_t>(columns) * static_cast<std::size_t>(head.count));
  for (std::size_t row = 0; row < predictions.size(); row += static_cast<std::size_t>(columns)) {
    for (const float prediction :
         std::span(predictions)
             .subspan(row + static_cast<std::size_t>(head.first), static_cast<std::size_t>(head.count))) {
      scores.push_back(undo_link(head.loss, prediction));
    }
  }
  return scores;
}

}  // namespace genocuda
