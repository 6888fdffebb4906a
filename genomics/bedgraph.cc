// SPDX-License-Identifier: Apache-2.0
#include "genomics/bedgraph.h"

#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "genomics/stored_signal.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

SignalRun read_run(const std::vector<std::string_view>& fields, const LineReader& lines) {
  const auto start = parse_integer(fields[1]), end = parse_integer(fields[2]);
  const auto value = parse_number(fields[3]);
  if (!start || !end || !value) {
    throw Error(ErrorKind::input_file, "{}: {} is no number; bedGraph is contig, start, end, value separated by tabs",
                lines.here(),
                quoted(!start ? fields[1]
                       : !end ? fields[2]
                              : fields[3]));
  }
  if (*start < 0 || *start >= *end) {
    throw Error(ErrorKind::input_file, "{}: an interval cannot go from {} to {}; bedGraph is 0-based and half-open",
                lines.here(), *start, *end);
  }
  return {*start, *end, static_cast<float>(*value)};
}

}  // namespace

std::unique_ptr<SignalTrack> read_bedgraph(const std::string& path) {
  LineReader lines(path);
  return read_bedgraph(lines);
}

std::unique_ptr<SignalTrack> read_bedgraph(LineReader& lines) {
  ContigSizes contigs;
  contigs.source = lines.name();
  std::vector<std::vector<SignalRun>> runs;
  std::vector<std::string_view> fields;
  std::string_view line;
  std::int32_t contig = -1;
  while (lines.next(line)) {
    if (is_no_record(trim(line))) continue;
    split_words(line, fields);
    if (fields.size() < 4) {
      throw Error(ErrorKind::input_file, "{}: {} is neither bigWig nor bedGraph, which is contig, start, end, value",
                  lines.here(), quoted(line));
    }
    const SignalRun run = read_run(fields, lines);
    if (contig < 0 || contigs.names[contig] != fields[0]) {
      const auto known = contigs.names.find(fields[0]);
      contig = known ? *known : contigs.add(std::string(fields[0]), 0);
      runs.resize(static_cast<std::size_t>(contigs.size()));
    }
    std::int64_t& length = contigs.lengths[static_cast<std::size_t>(contig)];
    if (run.start < length) {
      throw Error(ErrorKind::input_file,
                  "{}: start {} lies before {}, where the interval before ends on '{}'; sort the file "
                  "(sort -k1,1 -k2,2n) and let no intervals overlap",
                  lines.here(), run.start, length, fields[0]);
    }
    length = run.end;
    runs[static_cast<std::size_t>(contig)].push_back(run);
  }
  return std::make_unique<StoredSignal>(std::move(contigs), std::move(runs));
}

void write_bedgraph(const SignalTrack& track, ByteSink& out) {
  const ContigSizes& contigs = track.contigs();
  std::string text;
  for (std::int32_t contig = 0; contig < contigs.size(); ++contig) {
    const std::string& name = contigs.names[contig];
    track.visit(contig, 0, contigs.length(contig), [&](std::span<const SignalRun> runs) {
      text.clear();
      for (const SignalRun& run : runs) {
        fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\n", name, run.start, run.end, run.value);
      }
      out.write(text);
    });
  }
}

}  // namespace genocuda
