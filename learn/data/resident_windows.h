// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/executable.h"
#include "genomics/examples.h"
#include "learn/data/resident_genome.h"
#include "learn/data/resident_tracks.h"
#include "learn/model/model_spec.h"

namespace genocuda {

/// What a model sees of the windows of examples, in the memory of a device: their genome, if it reads DNA, and signals
/// along it.
class ResidentWindows {
 public:
  /// Copies there what the model reads, and with `targets` also the signals that it is trained towards. The examples
  /// have them: require_signals(). Throws Error(out_of_memory) where they do not fit.
  ResidentWindows(Device& device, const ModelSpec& spec, const Examples& examples, bool targets);

  /// Whether all of it is what these examples lie on, too.
  bool are_of(const Examples& examples) const;
  std::size_t bytes() const;
  SharedInputs shared() const;

  /// The model must read DNA, or have that signal.
  const ResidentGenome& genome() const { return *genome_; }
  const ResidentTracks& signal(std::string_view name) const { return signals_.find(name)->second; }

  /// What the places of a signal take for the middle `bases` of windows.
  std::vector<std::int64_t> places(std::string_view signal, std::span<const Window> windows, std::int64_t bases) const;

 private:
  std::int64_t length_;
  std::optional<ResidentGenome> genome_;
  std::map<std::string, ResidentTracks, std::less<>> signals_;
};

}  // namespace genocuda
