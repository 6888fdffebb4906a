// SPDX-License-Identifier: Apache-2.0
#include "apps/read_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/signal_file.h"
#include "core/error.h"

namespace genocuda::apps {
namespace {

constexpr std::uint16_t kDuplicate = 0x400;

ContigSizes without(const ContigSizes& all, const std::vector<std::string>& names, Notices& notices) {
  const std::vector<std::int32_t> skipped = all.names.match(names, &notices);
  ContigSizes left{all.source, {}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (skipped[i] >= 0) continue;
    throw Error(ErrorKind::invalid_argument, "--skip-contigs: contig '{}' is not in {}, which has {}", names[i],
                all.source, all.names.summary());
  }
  for (std::int32_t contig = 0; contig < all.size(); ++contig) {
    if (std::find(skipped.begin(), skipped.end(), contig) == skipped.end()) {
      left.add(all.names[contig], all.length(contig));
    }
  }
  return left;
}

}  // namespace

void add_read_options(CLI::App& command, ReadOptions& options, const ReadOptionGroups& groups) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help, const char* group) {
    return command.add_option(name, value, help)->group(group);
  };
  add("--format", options.format, "how the file of reads is read: by its content, or as told", groups.input)
      ->check(CLI::IsMember({"auto", "bam", "fragments", "bed", "bedpe"}))
      ->capture_default_str();
  add("--count", options.count, "cuts (5' ends), reads, or fragments (of BAM: proper pairs); auto: what the file has",
      groups.counted)
      ->check(CLI::IsMember({"auto", "cuts", "reads", "fragments"}))
      ->capture_default_str();
  add("--extend", options.coverage.extension, "bases that a read covers from its 5' end (default: its own)",
      groups.counted)
      ->check(CLI::Range(1, 1000000));
  add("--shift", options.shift, "bases to the right for 5' ends on the forward and the reverse strand: 4,-4 for Tn5",
      groups.counted)
      ->delimiter(',')
      ->check(CLI::Range(-1000000, 1000000));
  add("--min-mapq", options.filter.min_quality, "reads mapped with less quality than this", groups.left_out)
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  add("--exclude-flags", options.filter.excluded_flags,
      "reads with any of these SAM flags (default: 0xF00, secondary, failed, duplicate, supplementary)",
      groups.left_out);
  add("--require-flags", options.filter.required_flags, "reads without all of these SAM flags", groups.left_out);
  command.add_flag("--keep-duplicates", options.keep_duplicates, "count reads that are marked as duplicates")
      ->group(groups.left_out);
  add("--min-fragment", options.coverage.min_fragment, "shorter fragments", groups.left_out)
      ->check(CLI::Range(1, 100000000));
  add("--max-fragment", options.coverage.max_fragment, "longer fragments", groups.left_out)
      ->check(CLI::Range(1, 100000000));
  add("--skip-contigs", options.skip_contigs, "contigs, such as chrM", groups.left_out)->delimiter(',');
}

std::unique_ptr<ReadSource> open_reads(const ReadOptions& options, std::optional<ContigSizes> contigs,
                                       Notices& notices) {
  BamOptions bam{options.filter, options.count == "fragments", options.threads};
  if (options.format == "auto" && is_signal_name(options.path)) {
    throw Error(ErrorKind::invalid_argument,
                "{}: by its name it is a signal already, not reads to count; give it where a signal is read, or say "
                "--format if it does hold reads",
                options.path);
  }
  if (options.keep_duplicates) bam.filter.excluded_flags &= static_cast<std::uint16_t>(~kDuplicate);
  const bool alignments = options.format == "bam" || (options.format == "auto" && is_alignment_file(options.path));
  if (!contigs) {
    if (!alignments) {
      throw Error(ErrorKind::invalid_argument,
                  "{} does not say how long its contigs are: give --sizes FILE, as a genome's .fa.fai", options.path);
    }
    if (!options.skip_contigs.empty()) contigs = open_bam(options.path, nullptr, bam)->contigs();
  }
  if (!options.skip_contigs.empty()) contigs = without(*contigs, options.skip_contigs, notices);
  if (alignments) return open_bam(options.path, contigs ? &*contigs : nullptr, bam, &notices);
  const ReadLayout layout = options.format == "fragments" ? ReadLayout::fragments
                            : options.format == "bed"     ? ReadLayout::reads
                            : options.format == "bedpe"   ? ReadLayout::pairs
                                                          : ReadLayout::detect;
  return open_read_text(options.path, std::move(*contigs), layout, &notices);
}

CoverageOptions coverage_of(const ReadOptions& options, const ReadSource& reads) {
  CoverageOptions coverage = options.coverage;
  coverage.piece = options.count == "cuts"                            ? CoveragePiece::cuts
                   : options.count == "auto" && reads.has_fragments() ? CoveragePiece::fragments
                   : options.count == "fragments"                     ? CoveragePiece::fragments
                                                                      : CoveragePiece::reads;
  if (!options.shift.empty()) {
    if (options.shift.size() != 2) {
      throw Error(ErrorKind::invalid_argument, "--shift takes two numbers, as --shift=4,-4");
    }
    coverage.forward_shift = options.shift[0];
    coverage.reverse_shift = options.shift[1];
  }
  coverage.bin_value = coverage.piece == CoveragePiece::cuts ? BinValue::sum : BinValue::mean;
  return coverage;
}

void require_counted(const ReadSource& reads, const CoverageCounts& counts, const std::string& hint) {
  if (counts.pieces > 0) return;
  throw Error(ErrorKind::input_file, "{}: none of its {} records is counted; {}", reads.path(), counts.records, hint);
}

}  // namespace genocuda::apps
