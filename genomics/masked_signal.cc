// SPDX-License-Identifier: Apache-2.0
#include "genomics/masked_signal.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "genomics/interval_union.h"

namespace genocuda {
namespace {

class MaskedSignal final : public SignalTrack {
 public:
  MaskedSignal(std::shared_ptr<const SignalTrack> signal, IntervalUnion mask)
      : SignalTrack(signal->contigs()), signal_(std::move(signal)), mask_(std::move(mask)) {}

  bool knows_lengths() const override { return signal_->knows_lengths(); }

  void visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const override {
    const auto holes = mask_.runs(contig);
    auto hole = std::partition_point(holes.begin(), holes.end(), [&](const auto& each) { return each.end <= start; });
    std::vector<SignalRun> left;
    signal_->visit(contig, start, end, [&](std::span<const SignalRun> runs) {
      left.clear();
      for (SignalRun run : runs) {
        while (hole != holes.end() && hole->end <= run.start) ++hole;
        for (auto in = hole; in != holes.end() && in->start < run.end; ++in) {
          if (in->start > run.start) left.push_back({run.start, in->start, run.value});
          run.start = std::min(in->end, run.end);
        }
        if (run.start < run.end) left.push_back(run);
      }
      if (!left.empty()) take(left);
    });
  }

 private:
  std::shared_ptr<const SignalTrack> signal_;
  IntervalUnion mask_;
};

}  // namespace

std::shared_ptr<const SignalTrack> masked(std::shared_ptr<const SignalTrack> signal, const BedFile& mask,
                                          std::int64_t margin, Notices* notices) {
  const ContigSizes& contigs = signal->contigs();
  const std::vector<std::int32_t> numbers = contigs.names.match(mask.contigs, notices);
  std::vector<BedInterval> intervals = mask.intervals;
  for (BedInterval& interval : intervals) {
    interval.contig = numbers[static_cast<std::size_t>(interval.contig)];  // -1, which the union passes over
    interval.start -= margin;
    interval.end += margin;
  }
  return std::make_shared<MaskedSignal>(std::move(signal), IntervalUnion(intervals, contigs.size()));
}

}  // namespace genocuda
