// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "genomics/byte_sink.h"
#include "genomics/signal_track.h"
#include "tests/genomics/support.h"
#include "tests/support/given_track.h"

namespace genocuda {

/// A file in memory.
class StringSink final : public RewritableSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  void rewrite(std::uint64_t offset, std::string_view bytes) override {
    ASSERT_LE(offset + bytes.size(), text.size());
    text.replace(offset, bytes.size(), bytes);
  }

  std::string text;
};

/// All runs of a stretch.
inline std::vector<SignalRun> runs_of(const SignalTrack& track, std::int32_t contig, std::int64_t start,
                                      std::int64_t end) {
  std::vector<SignalRun> all;
  track.visit(contig, start, end,
              [&](std::span<const SignalRun> runs) { all.insert(all.end(), runs.begin(), runs.end()); });
  return all;
}

inline std::vector<SignalRun> runs_of(const SignalTrack& track, std::string_view name) {
  const auto contig = track.contigs().names.find(name);
  EXPECT_TRUE(contig) << name;
  return contig ? runs_of(track, *contig, 0, track.contigs().length(*contig)) : std::vector<SignalRun>{};
}

inline std::vector<float> values_of(const SignalTrack& track, std::int32_t contig, std::int64_t start,
                                    std::int64_t length, float missing = 0) {
  std::vector<float> values(static_cast<std::size_t>(length));
  track.values(contig, start, values, missing);
  return values;
}

/// Runs of random lengths and gaps on contigs of random lengths, the same for the same seed.
inline GivenTrack random_track(std::uint64_t seed, int contigs, int runs) {
  philox::Generator random(seed, 0);
  std::vector<std::vector<SignalRun>> all;
  ContigSizes sizes{"random", {}, {}};
  for (int contig = 0; contig < contigs; ++contig) {
    std::int64_t at = random.below(50);
    all.emplace_back();
    for (int run = 0; run < runs; ++run) {
      const std::int64_t end = at + 1 + random.below(7);
      all.back().push_back({at, end, static_cast<float>(random.below(1000)) / 8 - 10});
      at = end + random.below(4);
    }
    sizes.add(fmt::format("contig{}", (contig * 7919) % contigs), at + random.below(100) + 1);
  }
  GivenTrack track(std::move(sizes));
  track.runs = std::move(all);
  return track;
}

}  // namespace genocuda
