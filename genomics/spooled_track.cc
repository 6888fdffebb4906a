// SPDX-License-Identifier: Apache-2.0
#include "genomics/spooled_track.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.h"

namespace genocuda {
namespace {

constexpr std::uint64_t kRecordsAtATime = 4096;

}  // namespace

SpooledTrack::SpooledTrack(ContigSizes contigs, const std::string& folder)
    : SignalTrack(std::move(contigs)), file_(RandomFile::scratch(folder)), parts_(contigs_.lengths.size()) {
  for (std::int32_t contig = 0; contig < contigs_.size(); ++contig) {
    if (contigs_.length(contig) > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorKind::invalid_argument, "contig '{}' of {} has {} bases; signals hold at most 2^32 - 1",
                  contigs_.names[contig], source(), contigs_.length(contig));
    }
  }
}

void SpooledTrack::append(std::int32_t contig, std::span<const SignalRun> runs) {
  if (runs.empty()) return;
  Part& part = parts_[static_cast<std::size_t>(contig)];
  if (part.count == 0) part.offset = records_;
  if (part.offset + part.count != records_) {
    throw Error(ErrorKind::internal, "runs on '{}' come after those of another contig", contigs_.names[contig]);
  }
  buffer_.clear();
  for (const SignalRun& run : runs) {
    buffer_.push_back({static_cast<std::uint32_t>(run.start), static_cast<std::uint32_t>(run.end), run.value});
  }
  file_.append(std::as_bytes(std::span(buffer_)));
  part.count += runs.size();
  records_ += runs.size();
}

void SpooledTrack::visit(std::int32_t contig, std::int64_t start, std::int64_t end, const Take& take) const {
  const Part& part = parts_[static_cast<std::size_t>(contig)];
  const auto read = [&](std::uint64_t first, std::span<Record> records) {
    file_.read((part.offset + first) * sizeof(Record), std::as_writable_bytes(records));
  };
  // The first run that ends behind `start`.
  std::uint64_t next = 0;
  for (std::uint64_t count = part.count; count > 0;) {
    const std::uint64_t half = count / 2;
    Record record{};
    if (start > 0) read(next + half, {&record, 1});
    if (start > 0 && record.end <= start) {
      next += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  std::vector<Record> records;
  std::vector<SignalRun> runs;
  while (next < part.count) {
    records.resize(std::min(kRecordsAtATime, part.count - next));
    read(next, records);
    next += records.size();
    runs.clear();
    for (const Record& record : records) {
      if (record.start >= end) break;
      runs.push_back({std::max<std::int64_t>(record.start, start), std::min<std::int64_t>(record.end, end),
                      static_cast<float>(record.value * scale_)});
    }
    if (runs.empty()) return;
    take(runs);
  }
}

}  // namespace genocuda
