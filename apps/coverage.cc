// SPDX-License-Identifier: Apache-2.0
#include "genomics/coverage.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/read_options.h"
#include "apps/signal_file.h"
#include "core/error.h"
#include "learn/progress.h"

namespace genocuda::apps {
namespace {

constexpr double kMillion = 1e6;

struct Options {
  ReadOptions reads;
  std::string out, genome, sizes, blacklist;
  std::string strand = "both", bin_value = "auto";
  bool cpm = false, quiet = false;
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

void run(const Options& options) {
  Notices notices;
  const std::unique_ptr<ReadSource> reads = open_reads(options.reads, given_contigs(options), notices);
  CoverageOptions coverage = coverage_of(options.reads, *reads);
  coverage.strand = options.strand == "forward" ? '+' : options.strand == "reverse" ? '-' : '.';
  if (options.bin_value != "auto") coverage.bin_value = options.bin_value == "sum" ? BinValue::sum : BinValue::mean;
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
  require_counted(*reads, counts, fmt::format("see what became of them{}", options.quiet ? " (without --quiet)" : ""));
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
  ReadOptions& reads = options->reads;
  add("reads", reads.path, "BAM, SAM, fragments.tsv, BED6, tagAlign or BEDPE; text plain, gzip or bgzip", input)
      ->required();
  add("-g,--genome", options->genome, "FASTA that the reads were mapped to (its .fai, where there is one, will do)",
      input);
  add("--sizes", options->sizes, "names and lengths of contigs: chrom.sizes or .fai (default: the header of the BAM)",
      input);
  add("--threads", reads.threads, "threads that decompress BAM", input)
      ->check(CLI::Range(1, 256))
      ->capture_default_str();

  const char* counted = "What is counted";
  const char* left_out = "What is left out";
  add_read_options(*command, reads, {input, counted, left_out});
  add("--strand", options->strand, "forward, reverse or both", counted)
      ->check(CLI::IsMember({"both", "forward", "reverse"}))
      ->capture_default_str();
  add("--bin", reads.coverage.bin, "bases a value stands for", counted)
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
  add("--bin-value", options->bin_value, "mean or sum of a bin's bases (auto: the sum of cuts, the mean of others)",
      counted)
      ->check(CLI::IsMember({"auto", "mean", "sum"}))
      ->capture_default_str();
  command->add_flag("--cpm", options->cpm, "scale to a million reads, fragments or cuts counted")->group(counted);
  add("--blacklist", options->blacklist, "BED of regions: what overlaps them", left_out);
  add("--subsample", reads.coverage.share, "all but this share, drawn at random, pairs together", left_out)
      ->check(CLI::Range(0.0, 1.0));
  add("--seed", reads.coverage.seed, "of that draw", left_out)->capture_default_str();

  command->add_option("-o,--out", options->out,
                      "file: bigWig where it is called .bw or .bigWig, else bedGraph (default: to standard output)");
  command->add_flag("-q,--quiet", options->quiet, "no progress and no table of what was counted");
  command->footer(kExamples);
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps
