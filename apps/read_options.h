// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genomics/coverage.h"
#include "genomics/notices.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// Mapped reads, and what of them is counted.
struct ReadOptions {
  std::string path;
  std::string format = "auto", count = "auto";
  std::vector<std::string> skip_contigs;
  std::vector<std::int64_t> shift;
  ReadFilter filter;
  bool keep_duplicates = false;
  int threads = 1;  ///< that decompress BAM
  CoverageOptions coverage;
};

/// Where the help lists them.
struct ReadOptionGroups {
  const char *input, *counted, *left_out;
};

/// Every verb's options of reads but the file itself, the share that is drawn, and bins.
void add_read_options(CLI::App& command, ReadOptions& options, const ReadOptionGroups& groups);

/// Opens the reads, on the contigs given or else on those of the BAM, without those to skip. Error (invalid_argument)
/// where nothing says how long contigs are, for one to skip that is not there and for a file called like a signal, and
/// as open_bam() and open_read_text() throw.
std::unique_ptr<ReadSource> open_reads(const ReadOptions& options, std::optional<ContigSizes> contigs,
                                       Notices& notices);

/// How these reads are counted: what their kind decides where the options leave it open. A bin of cuts holds their sum,
/// others the mean of their bases.
CoverageOptions coverage_of(const ReadOptions& options, const ReadSource& reads);

/// Error (input_file) where none was counted; `hint` follows.
void require_counted(const ReadSource& reads, const CoverageCounts& counts, const std::string& hint);

}  // namespace genocuda::apps
