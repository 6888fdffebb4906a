// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/dna.h"
#include "core/philox.h"
#include "genomics/genome.h"
#include "genomics/tracks.h"
#include "tests/support/given_track.h"

namespace genocuda {

/// Contigs of these lengths, chr1, chr2, ..., of random bases.
inline std::shared_ptr<const Genome> random_genome(const std::vector<std::int64_t>& lengths, std::uint64_t seed) {
  philox::Generator random(seed, 1);
  auto genome = std::make_shared<Genome>("random");
  for (const std::int64_t length : lengths) {
    std::string letters;
    for (std::int64_t i = 0; i < length; ++i) letters += dna::kLetters[random.below(4)];
    genome->add(fmt::format("chr{}", genome->size() + 1), PackedSequence(letters));
  }
  return genome;
}

/// Whole numbers below 8 in runs of up to 9 bases with gaps between them, as counts of reads are.
inline std::shared_ptr<const SignalTrack> random_counts(const Genome& genome, philox::Generator& random) {
  ContigSizes sizes{"random counts", {}, {}};
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) sizes.add(genome.name(contig), genome.length(contig));
  auto track = std::make_shared<GivenTrack>(sizes);
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    const std::int64_t length = genome.length(contig);
    for (std::int64_t start = random.below(5); start < length;) {
      const std::int64_t end = std::min<std::int64_t>(start + 1 + random.below(9), length);
      const auto value = static_cast<float>(random.below(8));
      track->runs[static_cast<std::size_t>(contig)].push_back({start, end, value});
      start = end + random.below(5);
    }
  }
  return track;
}

/// Such counts in channels c0, c1, ..., of which neighbours are each other's strands; a last odd one is both.
inline std::shared_ptr<const Tracks> random_tracks(const Genome& genome, int channels, const TrackOptions& options,
                                                   std::uint64_t seed) {
  philox::Generator random(seed, 2);
  std::vector<TrackSource> sources;
  for (int c = 0; c < channels; ++c) {
    sources.push_back({fmt::format("c{}", c), random_counts(genome, random),
                       (c ^ 1) < channels ? fmt::format("c{}", c ^ 1) : std::string()});
  }
  return std::make_shared<const Tracks>(genome, sources, options);
}

}  // namespace genocuda
