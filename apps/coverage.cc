// SPDX-License-Identifier: Apache-2.0
#include "genomics/coverage.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/signal_file.h"
#include "core/error.h"
#include "learn/progress.h"

namespace genocuda::apps {
namespace {

constexpr double kMillion = 1e6;

struct Options {
  std::string reads, out, genome, sizes, blacklist;
  std::string format = "auto", count = "auto", strand = "both", bin_value = "auto";
  std::vector<std::string> skip_contigs;
  std::vector<std::int64_t> shift;
  ReadFilter filter;
  bool keep_duplicates = false, cpm = false, quiet = false;
  int threads = 1;
  CoverageOptions coverage;
};

// The contigs asked for, where any were.
std::optional<ContigSizes> given_contigs(const Options& options) {
  if (!options.sizes.empty() && !options.genome.empty()) {
    throw Error(ErrorKind::invalid_argument, "--genome and --sizes say the same; give one of them");
  }
  if (!options.sizes.empty()) return read_contig_sizes(options.sizes);
  if (options.genome.empty()) return std::nullopt;
  const std::string index = options.genome + ".fai";
  return std::filesystem::exists(index) ? read_contig_sizes(index) : contig_sizes_of(read_genome(options.genome));
}

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

std::unique_ptr<ReadSource> open_reads(const Options& options, Notices& notices) {
  std::optional<ContigSizes> contigs = given_contigs(options);
  const BamOptions bam{options.filter, options.count == "fragments", options.threads};
  const bool alignments = options.format == "bam" || (options.format == "auto" && is_alignment_file(options.reads));
  if (!contigs) {
    if (!alignments) {
      throw Error(ErrorKind::invalid_argument,
                  "{} does not say how long its contigs are: give --genome FASTA or --sizes FILE", options.reads);
    }
    if (!options.skip_contigs.empty()) contigs = open_bam(options.reads, nullptr, bam)->contigs();
  }
  if (!options.skip_contigs.empty()) contigs = without(*contigs, options.skip_contigs, notices);
  if (alignments) return open_bam(options.reads, contigs ? &*contigs : nullptr, bam, &notices);
  const ReadLayout layout = options.format == "fragments" ? ReadLayout::fragments
                            : options.format == "bed"     ? ReadLayout::reads
                            : options.format == "bedpe"   ? ReadLayout::pairs
                                                          : ReadLayout::detect;
  return open_read_text(options.reads, std::move(*contigs), layout, &notices);
}

IntervalUnion read_blacklist(const std::string& path, const ContigSizes& contigs, Notices& notices) {
  BedFile file = read_bed(path);
  const std::vector<std::int32_t> numbers = contigs.names.match(file.contigs, &notices);
  for (BedInterval& interval : file.intervals) {
    interval.contig = numbers[static_cast<std::size_t>(interval.contig)];  // -1, which the union passes over
  }
  return IntervalUnion(file.intervals, contigs.size());
}

void say_counts(const ReadSource& reads, const CoverageCounts& counts) {
  const auto row = [&](const char* what, std::int64_t count) {
    say(fmt::format("  {:<36}{:>12}{:>8.2f} %", what, count,
                    100 * static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(counts.records, 1))));
  };
  say(fmt::format("{}: {}", reads.path(), reads.kind()));
  row("records", counts.records);
  for (std::size_t fate = 0; fate < kFates; ++fate) {
    if (fate == 0 || counts.fates[fate] > 0) row(name_of(static_cast<Fate>(fate)), counts.fates[fate]);
  }
  if (counts.pieces != counts.of(Fate::kept)) say(fmt::format("  {:<36}{:>12}", "cuts of those kept", counts.pieces));
}

// What is left to be decided once the file is open.
CoverageOptions coverage_options(const Options& options, bool fragments) {
  CoverageOptions coverage = options.coverage;
  coverage.piece = options.count == "cuts"                ? CoveragePiece::cuts
                   : options.count == "auto" && fragments ? CoveragePiece::fragments
                   : options.count == "fragments"         ? CoveragePiece::fragments
                                                          : CoveragePiece::reads;
  if (!options.shift.empty()) {
    coverage.forward_shift = options.shift[0];
    coverage.reverse_shift = options.shift[1];
  }
  coverage.strand = options.strand == "forward" ? '+' : options.strand == "reverse" ? '-' : '.';
  const bool sum = options.bin_value == "sum" || (options.bin_value == "auto" && coverage.piece == CoveragePiece::cuts);
  coverage.bin_value = sum ? BinValue::sum : BinValue::mean;
  return coverage;
}

void run(Options options) {
  if (options.keep_duplicates) options.filter.excluded_flags &= static_cast<std::uint16_t>(~0x400);
  Notices notices;
  const std::unique_ptr<ReadSource> reads = open_reads(options, notices);
  CoverageOptions coverage = coverage_options(options, reads->has_fragments());
  std::optional<IntervalUnion> blacklist;
  if (!options.blacklist.empty()) {
    coverage.blacklist = &blacklist.emplace(read_blacklist(options.blacklist, reads->contigs(), notices));
  }
  SignalFile file(options.out);
  SpooledTrack track(reads->contigs(), file.folder());

  Progress progress(standard_error_progress(options.quiet));
  progress.start("coverage", reads->contigs().total_length(), "bases");
  const CoverageCounts counts = cover(*reads, coverage, track, [&](std::int64_t bases) { progress.update(bases); });
  progress.update(reads->contigs().total_length());
  progress.finish(fmt::format("{} records", counts.records));
  print_notices(notices);
  if (!options.quiet) say_counts(*reads, counts);
  if (counts.pieces == 0) {
    throw Error(ErrorKind::input_file, "{}: none of its {} records is counted; see what became of them{}",
                options.reads, counts.records, options.quiet ? " (without --quiet)" : "");
  }
  if (options.cpm) track.set_scale(kMillion / static_cast<double>(counts.pieces));
  file.write(track);
}

constexpr const char* kExamples = R"(Examples:
  genocuda coverage atac.bam --count cuts --shift=4,-4 -o cuts.bw            Tn5 cuts of reads straight from the aligner
  genocuda coverage fragments.tsv.gz --sizes hg38.sizes --count cuts -o cuts.bw    fragments that are shifted already
  genocuda coverage chip.bam --extend 200 --bin 25 --cpm --min-mapq 30 -o chip.bw  ChIP-seq, single reads
  genocuda coverage chip.bam --count cuts --strand forward -o chip.plus.bw         5' ends of one strand, as BPNet reads
  genocuda coverage chip.bam --count fragments --subsample 0.1 --seed 1 -o low.bw  a tenth of the pairs)";

}  // namespace

void add_coverage(CLI::App& app) {
  CLI::App* command = app.add_subcommand("coverage", "Count mapped reads along the genome: BAM or fragments to bigWig");
  auto options = std::make_shared<Options>();
  const auto add = [&](const std::string& name, auto& value, const std::string& help, const char* group) {
    return command->add_option(name, value, help)->group(group);
  };
  const char* input = "Input";
  add("reads", options->reads, "BAM, SAM, fragments.tsv, BED6, tagAlign or BEDPE; text plain, gzip or bgzip", input)
      ->required();
  add("--format", options->format, "how the file is read: by its content, or as told", input)
      ->check(CLI::IsMember({"auto", "bam", "fragments", "bed", "bedpe"}))
      ->capture_default_str();
  add("-g,--genome", options->genome, "FASTA that the reads were mapped to (its .fai, where there is one, will do)",
      input);
  add("--sizes", options->sizes, "names and lengths of contigs: chrom.sizes or .fai (default: the header of the BAM)",
      input);
  add("--threads", options->threads, "threads that decompress BAM", input)
      ->check(CLI::Range(1, 256))
      ->capture_default_str();

  const char* counted = "What is counted";
  add("--count", options->count, "cuts (5' ends), reads, or fragments (of BAM: proper pairs); auto: what the file has",
      counted)
      ->check(CLI::IsMember({"auto", "cuts", "reads", "fragments"}))
      ->capture_default_str();
  add("--extend", options->coverage.extension, "bases that a read covers from its 5' end (default: its own)", counted)
      ->check(CLI::Range(1, 1000000));
  add("--shift", options->shift, "bases to the right for 5' ends on the forward and the reverse strand: 4,-4 for Tn5",
      counted)
      ->delimiter(',')
      ->expected(2)
      ->check(CLI::Range(-1000000, 1000000));
  add("--strand", options->strand, "forward, reverse or both", counted)
      ->check(CLI::IsMember({"both", "forward", "reverse"}))
      ->capture_default_str();
  add("--bin", options->coverage.bin, "bases a value stands for", counted)
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
  add("--bin-value", options->bin_value, "mean or sum of a bin's bases (auto: the sum of cuts, the mean of others)",
      counted)
      ->check(CLI::IsMember({"auto", "mean", "sum"}))
      ->capture_default_str();
  command->add_flag("--cpm", options->cpm, "scale to a million reads, fragments or cuts counted")->group(counted);

  const char* left_out = "What is left out";
  add("--min-mapq", options->filter.min_quality, "reads mapped with less quality than this", left_out)
      ->check(CLI::Range(0, 255))
      ->capture_default_str();
  add("--exclude-flags", options->filter.excluded_flags,
      "reads with any of these SAM flags (default: 0xF00, secondary, failed, duplicate, supplementary)", left_out);
  add("--require-flags", options->filter.required_flags, "reads without all of these SAM flags", left_out);
  command->add_flag("--keep-duplicates", options->keep_duplicates, "count reads that are marked as duplicates")
      ->group(left_out);
  add("--min-fragment", options->coverage.min_fragment, "shorter fragments", left_out)->check(CLI::Range(1, 100000000));
  add("--max-fragment", options->coverage.max_fragment, "longer fragments", left_out)->check(CLI::Range(1, 100000000));
  add("--blacklist", options->blacklist, "BED of regions: what overlaps them", left_out);
  add("--skip-contigs", options->skip_contigs, "contigs, such as chrM", left_out)->delimiter(',');
  add("--subsample", options->coverage.share, "all but this share, drawn at random, pairs together", left_out)
      ->check(CLI::Range(0.0, 1.0));
  add("--seed", options->coverage.seed, "of that draw", left_out)->capture_default_str();

  command->add_option("-o,--out", options->out,
                      "file: bigWig where it is called .bw or .bigWig, else bedGraph (default: to standard output)");
  command->add_flag("-q,--quiet", options->quiet, "no progress and no table of what was counted");
  command->footer(kExamples);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps
