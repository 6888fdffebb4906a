// SPDX-License-Identifier: Apache-2.0
#include "genomics/bed.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

constexpr std::size_t kNarrowPeakColumns = 10;

bool names_columns(const std::vector<std::string_view>& fields) {
  return fields.size() >= 3 && (same_word(fields[1], "start") || same_word(fields[1], "chromStart")) &&
         (same_word(fields[2], "end") || same_word(fields[2], "stop") || same_word(fields[2], "chromEnd"));
}

std::int64_t read_position(std::string_view field, const char* what, const LineReader& lines) {
  const auto position = parse_integer(field);
  if (!position) {
    throw Error(ErrorKind::input_file, "{}: {} {} is no whole number; BED is contig, start, end separated by tabs",
                lines.here(), what, quoted(field));
  }
  return *position;
}

BedInterval read_interval(const std::vector<std::string_view>& fields, const LineReader& lines) {
  BedInterval interval;
  interval.line = lines.line_number();
  interval.start = read_position(fields[1], "start", lines);
  interval.end = read_position(fields[2], "end", lines);
  if (interval.start < 0) {
    throw Error(ErrorKind::input_file, "{}: start {} is below 0; BED counts from 0", lines.here(), interval.start);
  }
  if (interval.start >= interval.end) {
    throw Error(ErrorKind::input_file, "{}: start {} is not below end {}; an interval holds at least one base",
                lines.here(), interval.start, interval.end);
  }
  if (fields.size() > 3 && fields[3] != ".") interval.name = fields[3];
  if (fields.size() > 4) {
    if (const auto score = parse_number(fields[4])) interval.score = static_cast<float>(*score);
  }
  if (fields.size() > 5 && (fields[5] == "+" || fields[5] == "-")) interval.strand = fields[5].front();
  if (fields.size() == kNarrowPeakColumns) {
    const std::int64_t offset = read_position(fields[9], "summit", lines);
    if (offset < -1 || offset >= interval.end - interval.start) {
      throw Error(ErrorKind::input_file,
                  "{}: summit {} lies outside its peak of {} bases; it counts from the peak's start", lines.here(),
                  offset, interval.end - interval.start);
    }
    if (offset >= 0) interval.summit = interval.start + offset;
  }
  return interval;
}

}  // namespace

BedFile read_bed(const std::string& path) {
  LineReader lines(path);
  return read_bed(lines);
}

BedFile read_bed(LineReader& lines) {
  BedFile file;
  file.path = lines.name();
  std::unordered_map<std::string, std::int32_t> contigs;
  std::vector<std::string_view> fields;
  std::string_view line;
  while (lines.next(line)) {
    if (trim(line).empty() || line.front() == '#' || is_display_line(line)) continue;
    if (line.find('\t') != std::string_view::npos) {
      split_fields(line, '\t', fields);
      for (std::string_view& field : fields) field = trim(field);
    } else {
      split_words(line, fields);
    }
    if (fields.size() < 3 || fields[0].empty()) {
      throw Error(ErrorKind::input_file, "{}: {} is no BED line; it needs contig, start and end separated by tabs",
                  lines.here(), quoted(line));
    }
    if (file.intervals.empty() && names_columns(fields)) continue;
    BedInterval interval = read_interval(fields, lines);
    const auto [entry, added] =
        contigs.try_emplace(std::string(fields[0]), static_cast<std::int32_t>(file.contigs.size()));
    if (added) file.contigs.emplace_back(fields[0]);
    interval.contig = entry->second;
    file.intervals.push_back(std::move(interval));
  }
  return file;
}

std::vector<BedInterval> intervals_on(const Genome& genome, const BedFile& file, Notices* notices) {
  const std::vector<std::int32_t> contigs = genome.names().match(file.contigs, notices);
  std::vector<BedInterval> intervals = file.intervals;
  for (BedInterval& interval : intervals) {
    const auto name = static_cast<std::size_t>(interval.contig);
    interval.contig = contigs[name];
    if (interval.contig < 0) {
      throw Error(ErrorKind::input_file, "{} line {}: contig '{}' is not in {}, which has {}", file.path, interval.line,
                  file.contigs[name], genome.source(), genome.names().summary());
    }
    if (interval.end > genome.length(interval.contig)) {
      throw Error(
          ErrorKind::input_file,
          "{} line {}: end {} lies past the end of contig '{}', which has {} bases in {}; is it another assembly?",
          file.path, interval.line, interval.end, file.contigs[name], genome.length(interval.contig), genome.source());
    }
  }
  return intervals;
}

}  // namespace genocuda
