// SPDX-License-Identifier: Apache-2.0
#include "learn/data/window_inputs.h"

#include "core/dna.h"
#include "learn/data/signals.h"

namespace genocuda {

WindowInputs::WindowInputs(const ModelSpec& spec, const ModelSize& size, const ResidentWindows* resident)
    : spec_(spec), size_(size), resident_(resident), words_(dna::row_words(size.length)) {
  for (const TrackSpec& track : spec.tracks) {
    const std::int64_t positions = track.length > 0 ? track.length : size.length / track.bin;
    tracks_.push_back({track.name, positions * track.bin, positions * track.channels});
  }
}

ModelInputs WindowInputs::add_to(Graph& graph, std::int64_t batch) const {
  if (resident_ == nullptr) return make_inputs(graph, spec_, size_, batch);
  ModelInputs inputs;
  if (spec_.input.dna) inputs.dna = resident_->genome().windows(graph, batch, size_.length);
  for (const Track& track : tracks_) {
    inputs.tracks[track.name] = resident_->signal(track.name).windows(graph, batch, track.bases);
  }
  return inputs;
}

void WindowInputs::pack(const Examples& examples, std::span<const Window> windows, PackedWindows& packed) const {
  if (resident_ != nullptr) return pack_places(windows, packed);
  if (spec_.input.dna) {
    packed.dna.resize(windows.size() * static_cast<std::size_t>(words_));
    pack_windows(*examples.genome, windows, examples.length, packed.dna.data());
  }
  packed.tracks.resize(tracks_.size());
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    packed.tracks[t].resize(windows.size() * static_cast<std::size_t>(tracks_[t].numbers));
    pack_signal(examples, tracks_[t].name, windows, tracks_[t].bases, packed.tracks[t].data());
  }
}

void WindowInputs::pack_places(std::span<const Window> windows, PackedWindows& packed) const {
  if (spec_.input.dna) packed.dna_places = resident_->genome().places(windows);
  packed.track_places.clear();
  for (const Track& track : tracks_) {
    packed.track_places.push_back(resident_->places(track.name, windows, track.bases));
  }
}

void WindowInputs::fill_up(std::int64_t batch, PackedWindows& packed) const {
  const auto rows = static_cast<std::size_t>(batch);
  if (resident_ != nullptr) {
    packed.dna_places.resize(4 * rows);
    for (std::vector<std::int64_t>& places : packed.track_places) places.resize(4 * rows);
    return;
  }
  if (spec_.input.dna) packed.dna.resize(rows * static_cast<std::size_t>(words_));
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    packed.tracks[t].resize(rows * static_cast<std::size_t>(tracks_[t].numbers));
  }
}

void WindowInputs::write(Executable& executable, const PackedWindows& packed) const {
  if (spec_.input.dna && resident_ != nullptr) {
    executable.write(ResidentGenome::kPlaces, std::span(packed.dna_places));
  } else if (spec_.input.dna) {
    executable.write("dna", std::span(packed.dna));
  }
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    const Track& track = tracks_[t];
    if (resident_ != nullptr) {
      executable.write(resident_->signal(track.name).places_input(track.bases), std::span(packed.track_places[t]));
    } else {
      executable.write(track.name, std::span(packed.tracks[t]));
    }
  }
}

}  // namespace genocuda
