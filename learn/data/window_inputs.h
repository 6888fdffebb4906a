// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/executable.h"
#include "genomics/examples.h"
#include "learn/data/resident_windows.h"
#include "learn/model/build.h"

namespace genocuda {

/// What a model reads of some windows, in host memory, in the form in which graph inputs take it; or where it lies, if
/// a device has it already.
struct PackedWindows {
  std::vector<std::uint32_t> dna;          ///< [windows, words]; none where the model reads no DNA
  std::vector<std::vector<float>> tracks;  ///< of each track [windows, positions, channels]

  std::vector<std::int64_t> dna_places;  ///< [windows, 4]: learn/data/resident_genome.h
  std::vector<std::vector<std::int64_t>> track_places;
};

/// The inputs of a model that follow from windows of examples, DNA and tracks: as nodes of a graph, and as what is
/// written to them.
class WindowInputs {
 public:
  /// With `resident`, which must outlive this, only the places of windows are sent.
  WindowInputs(const ModelSpec& spec, const ModelSize& size, const ResidentWindows* resident = nullptr);

  const ResidentWindows* resident() const { return resident_; }
  ModelInputs add_to(Graph& graph, std::int64_t batch) const;
  SharedInputs shared() const { return resident_ != nullptr ? resident_->shared() : SharedInputs(); }

  /// The examples must have the signals that the model reads: require_signals().
  void pack(const Examples& examples, std::span<const Window> windows, PackedWindows& packed) const;
  /// Fills up to `batch` windows with no bases and zeros, or with places in no contig.
  void fill_up(std::int64_t batch, PackedWindows& packed) const;
  void write(Executable& executable, const PackedWindows& packed) const;

 private:
  struct Track {
    std::string name;
    std::int64_t bases = 0, numbers = 0;  ///< of a window
  };

  void pack_places(std::span<const Window> windows, PackedWindows& packed) const;

  ModelSpec spec_;
  ModelSize size_;
  const ResidentWindows* resident_;
  std::int64_t words_;
  std::vector<Track> tracks_;
};

}  // namespace genocuda
