// SPDX-License-Identifier: Apache-2.0
#include "learn/data/resident_windows.h"

#include <algorithm>

#include "learn/data/signals.h"

namespace genocuda {

ResidentWindows::ResidentWindows(Device& device, const ModelSpec& spec, const Examples& examples, bool targets)
    : length_(examples.length) {
  if (spec.input.dna) genome_.emplace(device, examples.genome);
  for (const SignalNeed& need : signal_needs(spec)) {
    if (!need.input && !targets) continue;
    signals_.try_emplace(need.name, device, need.name, examples.signals.find(need.name)->second);
  }
}

bool ResidentWindows::are_of(const Examples& examples) const {
  const auto is_theirs = [&](const auto& signal) {
    const auto found = examples.signals.find(signal.first);
    return found != examples.signals.end() && found->second == signal.second.tracks();
  };
  return examples.length == length_ && (!genome_ || genome_->genome() == examples.genome) &&
         std::ranges::all_of(signals_, is_theirs);
}

std::size_t ResidentWindows::bytes() const {
  std::size_t bytes = genome_ ? genome_->bytes() : 0;
  for (const auto& [name, signal] : signals_) bytes += signal.bytes();
  return bytes;
}

SharedInputs ResidentWindows::shared() const {
  SharedInputs inputs = genome_ ? genome_->shared() : SharedInputs();
  for (const auto& [name, signal] : signals_) inputs.merge(signal.shared());
  return inputs;
}

std::vector<std::int64_t> ResidentWindows::places(std::string_view signal, std::span<const Window> windows,
                                                  std::int64_t bases) const {
  return this->signal(signal).places(middles(windows, length_, bases));
}

}  // namespace genocuda
