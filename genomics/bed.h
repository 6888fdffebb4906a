// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "genomics/genome.h"
#include "genomics/line_reader.h"
#include "genomics/notices.h"

namespace genocuda {

/// A line of a BED file: bases [start, end) of a contig, 0-based and half-open.
struct BedInterval {
  std::int32_t contig = 0;  ///< an index of BedFile::contigs, or of a genome after intervals_on()
  std::int64_t start = 0, end = 0;
  std::int64_t summit = -1;  ///< position on the contig (column 10 of narrowPeak), -1 where there is none
  char strand = '.';         ///< '+', '-' or '.'
  float score = std::numeric_limits<float>::quiet_NaN();
  std::int64_t line = 0;
  std::string name;  ///< "" where there is none

  /// The summit, or the middle where there is none.
  std::int64_t point() const { return summit >= 0 ? summit : start + (end - start) / 2; }
};

struct BedFile {
  std::string path;
  std::vector<std::string> contigs;  ///< the names used, in the order of their first use
  std::vector<BedInterval> intervals;
};

/// Reads BED3 to BED6 and narrowPeak (told by its ten columns), plain, gzip or bgzip. '#', `track`, `browser` and blank
/// lines and a line of column names at the top are skipped; CRLF is fine; fields are separated by tabs, or by blanks
/// where a line has no tab. Name, score and strand that are absent or mean nothing are left at their defaults, further
/// columns ignored.
///
/// Error (input_file) naming file and line for fewer than three columns, a start or end that is no number, start < 0,
/// start >= end, and a summit that is no number or lies outside its peak (-1 says that there is none). A file without
/// intervals is none.
BedFile read_bed(const std::string& path);
BedFile read_bed(LineReader& lines);

/// The intervals with contigs by their numbers in `genome`, where names may be aliases (ContigNames). Error
/// (input_file) naming file and line for a contig that the genome lacks or an end past the contig's.
std::vector<BedInterval> intervals_on(const Genome& genome, const BedFile& file, Notices* notices = nullptr);

}  // namespace genocuda
