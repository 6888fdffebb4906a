// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/executable.h"
#include "genomics/tracks.h"

namespace genocuda {

/// A signal of a genome in the memory of a device, so that a batch need bring no more than the places of its windows:
/// 32 bytes an example. What a graph sees of a window is bit for bit what pack_tracks() would have sent.
class ResidentTracks {
 public:
  /// Copies it there, four bytes a position and channel. The graphs' inputs bear its name. Throws Error(out_of_memory)
  /// where it does not fit.
  ResidentTracks(Device& device, std::string name, std::shared_ptr<const Tracks> tracks);

  const std::shared_ptr<const Tracks>& tracks() const { return tracks_; }
  std::size_t bytes() const { return values_.bytes() + other_strand_.bytes(); }

  /// What windows of `bases` see, [batch, positions, channels]. Adds inputs where the graph has none of their names:
  /// places_input() is the batch's, the others are shared().
  Value windows(Graph& graph, std::int64_t batch, std::int64_t bases) const;
  std::string places_input(std::int64_t bases) const;
  SharedInputs shared() const;

  /// What places_input() takes for these windows: four numbers each, the same for every length.
  std::vector<std::int64_t> places(std::span<const Window> windows) const;

 private:
  std::string values_input() const;
  std::string other_strand_input() const;
  TensorType values_type() const;
  TensorType other_strand_type() const;

  std::string name_;
  std::shared_ptr<const Tracks> tracks_;
  Buffer values_, other_strand_;
};

}  // namespace genocuda
