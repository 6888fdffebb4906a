// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/executable.h"
#include "genomics/examples.h"

namespace genocuda {

/// A genome in the memory of a device, so that a batch need bring no more than the places of its windows: 32 bytes an
/// example. What a graph sees of a window is bit for bit what pack_windows() would have sent.
class ResidentGenome {
 public:
  /// Copies it there, three bits a base. Throws Error(out_of_memory) where it does not fit.
  ResidentGenome(Device& device, std::shared_ptr<const Genome> genome);

  const std::shared_ptr<const Genome>& genome() const { return genome_; }
  std::size_t bytes() const { return codes_.bytes() + mask_.bytes(); }

  /// Adds inputs to a graph, and what they give: dna [batch, length]. One of them, kPlaces, is the batch's; the others
  /// are shared().
  Value windows(Graph& graph, std::int64_t batch, std::int64_t length) const;
  static constexpr const char* kPlaces = "places";
  SharedInputs shared() const;

  /// What kPlaces takes for these windows: four numbers each.
  std::vector<std::int64_t> places(std::span<const Window> windows) const;

 private:
  std::shared_ptr<const Genome> genome_;
  std::vector<std::int64_t> begins_;  ///< of the contigs, in bases from the first word on
  Buffer codes_, mask_;
};

}  // namespace genocuda
