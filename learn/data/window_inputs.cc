// SPDX-License-Identifier: Apache-2.0
#include "learn/data/window_inputs.h"

#include "core/dna.h"
#include "learn/data/signals.h"

namespace genocuda {

WindowInputs::WindowInputs(const ModelSpec& spec, const ModelSize& size, const ResidentGenome* genome)
    : spec_(spec), size_(size), genome_(genome), words_(dna::row_words(size.length)) {
  for (const TrackSpec& track : spec.tracks) {
    const std::int64_t positions = track.length > 0 ? track.length : size.length / track.bin;
    tracks_.push_back({track.name, positions * track.bin, positions * track.channels});
  }
}

ModelInputs WindowInputs::add_to(Graph& graph, std::int64_t batch) const {
  if (genome_ == nullptr) return make_inputs(graph, spec_, size_, batch);
  return {genome_->windows(graph, batch, size_.length), {}};
}

void WindowInputs::pack(const Examples& examples, std::span<const Window> windows, PackedWindows& packed) const {
  if (genome_ != nullptr) {
    packed.places = genome_->places(windows);
  } else if (spec_.input.dna) {
    packed.dna.resize(windows.size() * static_cast<std::size_t>(words_));
    pack_windows(*examples.genome, windows, examples.length, packed.dna.data());
  }
  packed.tracks.resize(tracks_.size());
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    packed.tracks[t].resize(windows.size() * static_cast<std::size_t>(tracks_[t].numbers));
    pack_signal(examples, tracks_[t].name, windows, tracks_[t].bases, packed.tracks[t].data());
  }
}

void WindowInputs::fill_up(std::int64_t batch, PackedWindows& packed) const {
  const auto rows = static_cast<std::size_t>(batch);
  if (genome_ != nullptr) {
    packed.places.resize(4 * rows);
  } else if (spec_.input.dna) {
    packed.dna.resize(rows * static_cast<std::size_t>(words_));
  }
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    packed.tracks[t].resize(rows * static_cast<std::size_t>(tracks_[t].numbers));
  }
}

void WindowInputs::write(Executable& executable, const PackedWindows& packed) const {
  if (genome_ != nullptr) {
    executable.write(ResidentGenome::kPlaces, std::span(packed.places));
  } else if (spec_.input.dna) {
    executable.write("dna", std::span(packed.dna));
  }
  for (std::size_t t = 0; t < tracks_.size(); ++t) executable.write(tracks_[t].name, std::span(packed.tracks[t]));
}

}  // namespace genocuda
