// SPDX-License-Identifier: Apache-2.0
#include "genomics/stored_signal.h"

#include <algorithm>

#include "genomics/interval_union.h"

namespace genocuda {

void StoredSignal::visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const {
  constexpr std::size_t kAtATime = 1024;
  const std::vector<SignalRun>& runs = runs_[static_cast<std::size_t>(contig)];
  auto run = std::partition_point(runs.begin(), runs.end(), [&](const SignalRun& r) { return r.end <= start; });
  std::vector<SignalRun> some;
  for (; run != runs.end() && run->start < end; ++run) {
    some.push_back({std::max(run->start, start), std::min(run->end, end), run->value});
    if (some.size() < kAtATime) continue;
    take(some);
    some.clear();
  }
  if (!some.empty()) take(some);
}

std::unique_ptr<SignalTrack> signal_of(const BedFile& file) {
  ContigSizes contigs{file.path, {}, {}};
  const IntervalUnion intervals(file.intervals, static_cast<std::int32_t>(file.contigs.size()));
  std::vector<std::vector<SignalRun>> runs;
  for (const std::string& name : file.contigs) {
    std::vector<SignalRun>& own = runs.emplace_back();
    for (const IntervalUnion::Run& run : intervals.runs(static_cast<std::int32_t>(runs.size()) - 1)) {
      own.push_back({run.start, run.end, 1});
    }
    contigs.add(name, own.empty() ? 0 : own.back().end);
  }
  return std::make_unique<StoredSignal>(std::move(contigs), std::move(runs));
}

}  // namespace genocuda
