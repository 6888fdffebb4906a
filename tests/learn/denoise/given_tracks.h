// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "genomics/stored_signal.h"
#include "genomics/tracks.h"

namespace genocuda {

inline std::shared_ptr<const Genome> one_contig(std::int64_t length) {
  auto genome = std::make_shared<Genome>("given");
  genome->add_unknown("chr1", length);
  return genome;
}

/// Tracks of chr1 with a channel each of the numbers given for its bins.
inline std::shared_ptr<const Tracks> given_tracks(const std::vector<std::vector<float>>& channels,
                                                  const TrackOptions& options) {
  const auto bins = static_cast<std::int64_t>(channels.front().size());
  std::vector<TrackSource> sources;
  for (const std::vector<float>& values : channels) {
    ContigSizes sizes{"given", {}, {}};
    sizes.add("chr1", bins * options.bin);
    std::vector<SignalRun> runs;
    for (std::int64_t i = 0; i < bins; ++i) {
      runs.push_back({i * options.bin, (i + 1) * options.bin, values[static_cast<std::size_t>(i)]});
    }
    sources.push_back({std::to_string(sources.size()),
                       std::make_shared<StoredSignal>(std::move(sizes), std::vector<std::vector<SignalRun>>{runs})});
  }
  return std::make_shared<const Tracks>(*one_contig(bins * options.bin), sources, options);
}

}  // namespace genocuda
