// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genomics/examples.h"
#include "genomics/notices.h"
#include "genomics/tracks.h"
#include "learn/model/model_spec.h"

/// The signals that a model reads beside DNA or is trained towards.
namespace genocuda {

struct SignalNeed {
  std::string name;
  std::int64_t channels = 1;
  std::int64_t bin = 1;
  TrackTransform transform = TrackTransform::none;
  bool input = false;   ///< the model reads it
  bool target = false;  ///< it is trained towards it
  bool counts = false;  ///< as counts, which are never below 0
  bool operator==(const SignalNeed&) const = default;
};

/// Each signal once: the tracks in their order, then what only outputs name.
std::vector<SignalNeed> signal_needs(const ModelSpec& spec);

/// Reads the signals that a model needs from files given as NAME=FILE[,FILE...], a channel a file, or without NAME for
/// the one signal that nothing else gives. Without `targets` the model only predicts, and what it was trained towards
/// is not needed. Errors (invalid_argument) name the signal and what to give; files throw as open_signals() and Tracks.
SignalSet read_signals(const ModelSpec& spec, const Genome& genome, std::span<const std::string> given, bool targets,
                       Notices* notices = nullptr);

/// Error (invalid_argument) naming the signal that examples lack, or have in another form than the model wants; and, of
/// `targets`, the place of a value below 0 where the model wants counts.
void require_signals(const ModelSpec& spec, const Examples& examples, bool targets);

/// Of windows of `length` the middle `bases`.
std::vector<Window> middles(std::span<const Window> windows, std::int64_t length, std::int64_t bases);

/// pack_tracks() of a signal of the examples, for the middle `bases` of windows.
void pack_signal(const Examples& examples, std::string_view name, std::span<const Window> windows, std::int64_t bases,
                 float* out);

}  // namespace genocuda
