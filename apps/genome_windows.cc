// SPDX-License-Identifier: Apache-2.0
#include "apps/genome_windows.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "genomics/bed.h"

namespace genocuda::apps {
namespace {

std::vector<BedInterval> read_intervals(const Genome& genome, const std::string& path, Notices& notices) {
  if (path.empty()) return {};
  return intervals_on(genome, read_bed(path), &notices);
}

std::vector<BedInterval> read_regions(const Genome& genome, const std::string& path, Notices& notices) {
  std::vector<BedInterval> regions = read_intervals(genome, path, notices);
  if (regions.empty() && !path.empty()) throw Error(ErrorKind::input_file, "{}: holds no region", path);
  return regions;
}

}  // namespace

Examples windows_at(std::shared_ptr<const Genome> genome, const PlaceOptions& places, std::int64_t length,
                    AtContigEnds ends, Notices& notices) {
  const std::vector<bool> wanted = chosen_contigs(*genome, {}, places.skip_contigs, &notices);
  const IntervalUnion blacklist(read_intervals(*genome, places.blacklist, notices), genome->size());
  Examples examples;
  examples.length = length;
  std::int64_t skipped = 0, outside = 0, blacklisted = 0;
  for (const BedInterval& region : read_regions(*genome, places.regions, notices)) {
    if (!wanted[static_cast<std::size_t>(region.contig)]) {
      ++skipped;
      continue;
    }
    const Strand strand = region.strand == '-' ? Strand::reverse : Strand::forward;
    const Window window{region.contig, strand, region.point() - length / 2};
    const std::int64_t end = window.start + length;
    if (ends == AtContigEnds::leave_out && (window.start < 0 || end > genome->length(region.contig))) {
      ++outside;
    } else if (blacklist.overlaps(region.contig, window.start, end)) {
      ++blacklisted;
    } else {
      examples.windows.push_back(window);
    }
  }
  if (examples.windows.empty()) {
    throw Error(ErrorKind::input_file,
                "{}: no region is left for a window of {} bases: {} lie on skipped contigs, {} reach over the end of "
                "their contig, {} overlap the blacklist",
                places.regions, length, skipped, outside, blacklisted);
  }
  if (outside > 0) {
    notices.say("regions left out", fmt::format("{} whose windows reach over the end of their contig", outside));
  }
  if (blacklisted > 0) notices.say("regions left out", fmt::format("{} on the blacklist", blacklisted));
  examples.genome = std::move(genome);
  return examples;
}

Tiler::Tiler(std::shared_ptr<const Genome> genome, const PlaceOptions& places, const TileShape& shape, Notices& notices)
    : genome_(std::move(genome)), shape_(shape) {
  const std::vector<bool> wanted = chosen_contigs(*genome_, {}, places.skip_contigs, &notices);
  const IntervalUnion regions(read_regions(*genome_, places.regions, notices), genome_->size());
  for (std::int32_t contig = 0; contig < genome_->size(); ++contig) {
    if (!wanted[static_cast<std::size_t>(contig)]) continue;
    if (places.regions.empty()) {
      regions_.push_back({contig, {0, genome_->length(contig)}});
    } else {
      for (const IntervalUnion::Run& run : regions.runs(contig)) regions_.push_back({contig, run});
    }
  }
  if (regions_.empty()) {
    throw Error(ErrorKind::input_file, "{}: nothing of it is left to predict for: see --skip-contigs",
                places.regions.empty() ? genome_->source() : places.regions);
  }
}

std::int64_t Tiler::total_bases() const {
  std::int64_t total = 0;
  for (const Region& region : regions_) total += region.bases.end - region.bases.start;
  return total;
}

Tiles Tiler::next(std::int64_t most) {
  Tiles tiles;
  tiles.examples.genome = genome_;
  tiles.examples.length = shape_.length;
  while (tiles.examples.size() < most && region_ < regions_.size()) {
    const auto& [contig, bases] = regions_[region_];
    const std::int64_t from = std::max(done_until_, bases.start), first = from / shape_.bin * shape_.bin;
    const std::int64_t end = std::min(first + shape_.bases, bases.end);
    tiles.examples.windows.push_back({contig, Strand::forward, first - (shape_.length - shape_.bases) / 2});
    tiles.parts.push_back({from, end});
    done_until_ = end;
    if (end == bases.end) {
      ++region_;
      done_until_ = 0;
    }
  }
  return tiles;
}

}  // namespace genocuda::apps
