// SPDX-License-Identifier: Apache-2.0
#include "learn/train/sampler.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/philox.h"

namespace genocuda {
namespace {

/// The uses that sampling makes of random numbers. Each draws under a key of its own, so that none meets the numbers of
/// dropout or of first weights.
enum class Use : std::uint64_t { order = 1, augmentation = 2 };

std::uint64_t key_of(std::uint64_t seed, Use use) {
  constexpr std::uint64_t kSampling = 0x73616d706c696e67;  // "sampling"
  const philox::Block words = philox::block(seed, static_cast<std::uint64_t>(use), kSampling);
  return static_cast<std::uint64_t>(words[1]) << 32 | words[0];
}

}  // namespace

std::vector<std::int64_t> epoch_order(std::int64_t n, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  philox::Generator random(key_of(seed, Use::order), static_cast<std::uint64_t>(epoch));
  // Fisher and Yates, from the end. Windows are counted in 32 bits everywhere else, too: 4 thousand million of them
  // fit.
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.below(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

Window augmented(const Window& window, const TrainingSettings& settings, std::int64_t epoch, std::int64_t example) {
  if (settings.jitter == 0 && !settings.reverse_complement) return window;
  const philox::Block words = philox::block(key_of(settings.seed, Use::augmentation),
                                            static_cast<std::uint64_t>(example), static_cast<std::uint64_t>(epoch));
  // The high bits of a product: uniform over so few values but for one part in millions.
  const std::uint64_t shifts = 2 * static_cast<std::uint64_t>(settings.jitter) + 1;
  const auto shift = static_cast<std::int64_t>(words[0] * shifts >> 32) - settings.jitter;
  const Window shifted = window.shifted(shift);
  return settings.reverse_complement && (words[1] & 1u) != 0 ? shifted.flipped() : shifted;
}

TrainingSampler::TrainingSampler(const Examples& examples, const TrainingSettings& settings,
                                 std::vector<HeadColumns> heads)
    : examples_(examples),
      settings_(settings),
      heads_(std::move(heads)),
      weights_(settings.class_weights, heads_, examples),
      batch_(std::min(settings.batch, examples.size())) {
  if (examples.size() == 0) throw Error(ErrorKind::invalid_argument, "there are no training examples");
  if (examples.size() > std::int64_t{0xffffffff}) {
    throw Error(ErrorKind::invalid_argument, "{} training examples are more than 2^32", examples.size());
  }
}

std::vector<std::int64_t> TrainingSampler::order(std::int64_t epoch) const {
  return epoch_order(examples_.size(), settings_.seed, epoch);
}

std::int64_t TrainingSampler::steps_per_epoch() const {
  const bool keeps = settings_.last_batch == LastBatch::keep;
  return (examples_.size() + (keeps ? batch_ - 1 : 0)) / batch_;
}

std::int64_t TrainingSampler::examples_per_epoch() const {
  return std::min(examples_.size(), steps_per_epoch() * batch_);
}

std::vector<std::int64_t> TrainingSampler::batches() const {
  const std::int64_t left = examples_per_epoch() % batch_;
  return left > 0 ? std::vector{batch_, left} : std::vector{batch_};
}

void TrainingSampler::fill(std::span<const std::int64_t> order, std::int64_t epoch, std::int64_t step,
                           const WindowInputs& inputs, Batch& batch) const {
  const std::int64_t first = step * batch_;
  batch.filled = std::min(batch_, examples_.size() - first);
  const auto chosen = order.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(batch.filled));
  std::vector<Window> windows;
  windows.reserve(chosen.size());
  for (const std::int64_t example : chosen) {
    windows.push_back(augmented(examples_.windows[static_cast<std::size_t>(example)], settings_, epoch, example));
  }
  inputs.pack(examples_, windows, batch.inputs);
  const ResidentWindows* resident = inputs.resident();
  if (resident == nullptr) {
    fill_targets(heads_, weights_, examples_, chosen, windows, batch.filled, batch.targets);
    return;
  }
  batch.rows.assign(chosen.begin(), chosen.end());
  batch.target_places.resize(heads_.size());
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    const auto& signal = heads_[h].signal;
    if (signal) batch.target_places[h] = resident->places(signal->name, windows, signal->bases);
  }
}

}  // namespace genocuda
