// SPDX-License-Identifier: Apache-2.0
#include "genomics/regions.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "genomics/bed.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

BedInterval interval_of(std::int32_t contig, std::int64_t start, std::int64_t end) {
  BedInterval interval;
  interval.contig = contig;
  interval.start = start;
  interval.end = end;
  return interval;
}

/// What stands before and behind the last ':', the latter as two numbers; nothing where it is not of that form.
struct PlaceParts {
  std::string_view contig;
  std::int64_t start, end;
};

std::optional<PlaceParts> split_place(std::string_view place) {
  const std::size_t colon = place.rfind(':'), dash = place.rfind('-');
  if (colon == std::string_view::npos || dash == std::string_view::npos || dash < colon) return {};
  const auto start = parse_integer(place.substr(colon + 1, dash - colon - 1)),
             end = parse_integer(place.substr(dash + 1));
  if (!start || !end) return {};
  return PlaceParts{place.substr(0, colon), *start, *end};
}

BedInterval bases_of(const Genome& genome, const std::string& place, Notices* notices) {
  const std::optional<PlaceParts> parts = split_place(place);
  if (!parts || genome.names().find(place)) {
    const std::int32_t contig = genome.contig(place, notices);
    return interval_of(contig, 0, genome.length(contig));
  }
  const std::int32_t contig = genome.contig(parts->contig, notices);
  if (parts->start < 0 || parts->start >= parts->end || parts->end > genome.length(contig)) {
    throw Error(ErrorKind::input_file,
                "{}: give the first base, counted from 0, and the end of bases among the {} that {} has in {}", place,
                genome.length(contig), genome.name(contig), genome.source().empty() ? "the genome" : genome.source());
  }
  return interval_of(contig, parts->start, parts->end);
}

}  // namespace

IntervalUnion regions_on(const Genome& genome, std::span<const std::string> places, Notices* notices) {
  std::vector<BedInterval> intervals;
  for (const std::string& place : places) {
    if (std::filesystem::is_regular_file(place)) {
      const std::vector<BedInterval> more = intervals_on(genome, read_bed(place), notices);
      intervals.insert(intervals.end(), more.begin(), more.end());
    } else if (place.find('/') != std::string::npos || place.ends_with(".bed") || place.ends_with(".gz")) {
      throw Error(ErrorKind::input_file, "{}: no such file", place);
    } else {
      intervals.push_back(bases_of(genome, place, notices));
    }
  }
  return IntervalUnion(intervals, genome.size());
}

IntervalUnion whole(const Genome& genome) {
  std::vector<BedInterval> intervals;
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    intervals.push_back(interval_of(contig, 0, genome.length(contig)));
  }
  return IntervalUnion(intervals, genome.size());
}

IntervalUnion difference(const IntervalUnion& a, const IntervalUnion& b) {
  std::vector<BedInterval> left;
  for (std::int32_t contig = 0; contig < a.contigs(); ++contig) {
    const auto taken = b.runs(contig);
    auto next = taken.begin();
    for (const IntervalUnion::Run& run : a.runs(contig)) {
      std::int64_t start = run.start;
      while (next != taken.end() && next->end <= start) ++next;
      for (auto in = next; in != taken.end() && in->start < run.end; ++in) {
        if (in->start > start) left.push_back(interval_of(contig, start, in->start));
        start = std::max(start, in->end);
      }
      if (start < run.end) left.push_back(interval_of(contig, start, run.end));
    }
  }
  return IntervalUnion(left, a.contigs());
}

std::string first_overlap(const Genome& genome, const IntervalUnion& a, const IntervalUnion& b) {
  for (std::int32_t contig = 0; contig < a.contigs(); ++contig) {
    for (const IntervalUnion::Run& run : a.runs(contig)) {
      for (const IntervalUnion::Run& other : b.runs(contig)) {
        const std::int64_t start = std::max(run.start, other.start), end = std::min(run.end, other.end);
        if (start < end) return fmt::format("{}:{}-{}", genome.name(contig), start, end);
      }
    }
  }
  return "";
}

}  // namespace genocuda
