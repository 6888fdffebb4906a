// SPDX-License-Identifier: Apache-2.0
#include "genomics/signal_track.h"

#include <algorithm>
#include <cmath>

#include "genomics/bedgraph.h"
#include "genomics/bigwig.h"
#include "genomics/stored_signal.h"

namespace genocuda {
namespace {

bool names_bigwig(std::string_view path) {
  return path.ends_with(".bw") || path.ends_with(".bigWig") || path.ends_with(".bigwig");
}

bool names_intervals(std::string_view path) {
  for (const std::string_view packed : {".gz", ".bgz"}) {
    if (path.ends_with(packed)) path.remove_suffix(packed.size());
  }
  return path.ends_with(".bed") || path.ends_with(".narrowPeak") || path.ends_with(".broadPeak");
}

}  // namespace

void SignalTrack::values(std::int32_t contig, std::int64_t start, std::span<float> out, float missing) const {
  std::fill(out.begin(), out.end(), missing);
  const std::int64_t first = std::max<std::int64_t>(start, 0);
  const std::int64_t last = std::min(start + static_cast<std::int64_t>(out.size()), contigs_.length(contig));
  if (first >= last) return;
  visit(contig, first, last, [&](std::span<const SignalRun> runs) {
    for (const SignalRun& run : runs) {
      if (std::isnan(run.value)) continue;
      std::fill(out.begin() + (run.start - start), out.begin() + (run.end - start), run.value);
    }
  });
}

std::unique_ptr<SignalTrack> open_signal(const std::string& path) {
  if (is_bigwig(path) || names_bigwig(path)) return open_bigwig(path);
  return names_intervals(path) ? signal_of(read_bed(path)) : read_bedgraph(path);
}

}  // namespace genocuda
