// SPDX-License-Identifier: Apache-2.0
#include "genomics/contig_sizes.h"

#include <numeric>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "genomics/text.h"

namespace genocuda {

std::int64_t ContigSizes::total_length() const {
  return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

std::int32_t ContigSizes::add(std::string name, std::int64_t length) {
  const std::int32_t contig = names.add(std::move(name));
  lengths.push_back(length);
  return contig;
}

ContigSizes read_contig_sizes(const std::string& path) {
  LineReader lines(path);
  ContigSizes sizes;
  sizes.source = path;
  std::vector<std::string_view> fields;
  std::string_view line;
  while (lines.next(line)) {
    if (is_no_record(trim(line))) continue;
    split_words(line, fields);
    if (fields.size() < 2) {
      throw Error(ErrorKind::input_file, "{}: {} is no contig with its length; write both, separated by a tab",
                  lines.here(), quoted(line));
    }
    const auto length = parse_integer(fields[1]);
    if (!length || *length < 1) {
      throw Error(ErrorKind::input_file, "{}: length {} is no whole number above 0", lines.here(), quoted(fields[1]));
    }
    if (sizes.names.find(fields[0])) {
      throw Error(ErrorKind::input_file, "{}: contig '{}' comes twice; remove one of them", lines.here(), fields[0]);
    }
    sizes.add(std::string(fields[0]), *length);
  }
  if (sizes.size() == 0) {
    throw Error(ErrorKind::input_file, "{} names no contig; write one a line: name, tab, length", path);
  }
  return sizes;
}

ContigSizes contig_sizes_of(const Genome& genome) {
  ContigSizes sizes;
  sizes.source = genome.source();
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) sizes.add(genome.name(contig), genome.length(contig));
  return sizes;
}

Genome genome_of(const ContigSizes& sizes) {
  Genome genome(sizes.source);
  for (std::int32_t contig = 0; contig < sizes.size(); ++contig) {
    genome.add_unknown(sizes.names[contig], sizes.length(contig));
  }
  return genome;
}

}  // namespace genocuda
