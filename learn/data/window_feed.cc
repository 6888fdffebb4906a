// SPDX-License-Identifier: Apache-2.0
#include "learn/data/window_feed.h"

#include "core/dna.h"

namespace genocuda {

ModelInputs window_inputs(Graph& graph, const ModelSpec& spec, const ModelSize& size, std::int64_t batch,
                          const ResidentGenome* genome) {
  if (genome == nullptr) return make_inputs(graph, spec, size, batch);
  return {genome->windows(graph, batch, size.length), {}};
}

void WindowFeed::pack(const Part& part) {
  if (part == packed_) return;
  packed_ = part;
  const auto first = examples_.windows.begin() + part.first;
  std::vector<Window> windows(first, first + part.rows);
  if (part.flipped) {
    for (Window& window : windows) window = window.flipped();
  }
  if (genome_ != nullptr) {
    places_ = genome_->places(windows);
  } else {
    dna_.resize(windows.size() * static_cast<std::size_t>(dna::row_words(examples_.length)));
    pack_windows(*examples_.genome, windows, examples_.length, dna_.data());
  }
}

void WindowFeed::write(Executable& executable, std::int64_t batch) {
  const auto rows = static_cast<std::size_t>(batch);
  if (genome_ != nullptr) {
    places_.resize(4 * rows);
    executable.write(ResidentGenome::kPlaces, std::span<const std::int64_t>(places_));
  } else {
    dna_.resize(rows * static_cast<std::size_t>(dna::row_words(examples_.length)));
    executable.write("dna", std::span<const std::uint32_t>(dna_));
  }
}

}  // namespace genocuda
