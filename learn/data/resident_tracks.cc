// SPDX-License-Identifier: Apache-2.0
#include "learn/data/resident_tracks.h"

#include <utility>

#include <fmt/format.h>

#include "core/ops/lookup.h"
#include "learn/data/shared_input.h"

namespace genocuda {

ResidentTracks::ResidentTracks(Device& device, std::string name, std::shared_ptr<const Tracks> tracks)
    : name_(std::move(name)),
      tracks_(std::move(tracks)),
      values_(device, values_type().bytes()),
      other_strand_(device, other_strand_type().bytes()) {
  const auto stream = device.make_stream();
  stream->upload(values_.data(), tracks_->values().data(), values_.bytes());
  stream->upload(other_strand_.data(), tracks_->other_strand().data(), other_strand_.bytes());
  stream->synchronize();
}

Value ResidentTracks::windows(Graph& graph, std::int64_t batch, std::int64_t bases) const {
  const Value values = shared_input(graph, values_input(), values_type());
  const Value other_strand = shared_input(graph, other_strand_input(), other_strand_type());
  const Value places = shared_input(graph, places_input(bases), {DType::i64, {batch, 4}});
  return extract_tracks(values, other_strand, places, tracks_->positions_of(bases), tracks_->missing());
}

SharedInputs ResidentTracks::shared() const {
  return {{values_input(), {values_type(), values_.data()}},
          {other_strand_input(), {other_strand_type(), other_strand_.data()}}};
}

std::vector<std::int64_t> ResidentTracks::places(std::span<const Window> windows) const {
  std::vector<std::int64_t> places;
  places.reserve(4 * windows.size());
  for (const Window& window : windows) {
    const std::int64_t begin = tracks_->offset(window.contig);
    for (const std::int64_t number :
         {begin + tracks_->first_position(window), begin, begin + tracks_->positions(window.contig),
          std::int64_t{window.strand == Strand::reverse}}) {
      places.push_back(number);
    }
  }
  return places;
}

std::string ResidentTracks::values_input() const { return fmt::format("signals/{}", name_); }
std::string ResidentTracks::other_strand_input() const { return fmt::format("signals/{}/other_strand", name_); }
std::string ResidentTracks::places_input(std::int64_t bases) const {
  return fmt::format("signals/{}/places of {}", name_, bases);
}

TensorType ResidentTracks::values_type() const {
  const std::int64_t channels = tracks_->channels();
  return {DType::f32, {static_cast<std::int64_t>(tracks_->values().size()) / channels, channels}};
}
TensorType ResidentTracks::other_strand_type() const { return {DType::i32, {tracks_->channels()}}; }

}  // namespace genocuda
