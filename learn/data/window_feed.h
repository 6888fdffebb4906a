// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/executable.h"
#include "genomics/examples.h"
#include "learn/data/resident_genome.h"
#include "learn/model/build.h"

namespace genocuda {

/// The inputs of a model that reads DNA alone: "dna" or, with the genome on the device, the places of windows on it.
ModelInputs window_inputs(Graph& graph, const ModelSpec& spec, const ModelSize& size, std::int64_t batch,
                          const ResidentGenome* genome);

/// Feeds windows of examples to a graph that has an input "dna" or, with their genome on the device, its places. What
/// comes next can be packed while the device is busy with what is at hand.
class WindowFeed {
 public:
  /// A run of examples, on their own strand or on the other.
  struct Part {
    std::int64_t first = 0, rows = 0;
    bool flipped = false;
    bool operator==(const Part&) const = default;
  };

  /// Both must outlive it; `genome` may be null.
  WindowFeed(const Examples& examples, const ResidentGenome* genome) : examples_(examples), genome_(genome) {}

  /// Nothing to do where that part is packed already.
  void pack(const Part& part);
  /// Writes the part that was packed last; rows up to `batch` are filled up with no bases.
  void write(Executable& executable, std::int64_t batch);

 private:
  const Examples& examples_;
  const ResidentGenome* genome_;
  Part packed_;
  std::vector<std::uint32_t> dna_;
  std::vector<std::int64_t> places_;
};

}  // namespace genocuda
