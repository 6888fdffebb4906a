// SPDX-License-Identifier: Apache-2.0
#include "apps/denoise_data.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/error.h"
#include "genomics/contig_sizes.h"
#include "genomics/coverage.h"
#include "genomics/masked_signal.h"
#include "genomics/regions.h"
#include "genomics/stored_signal.h"

namespace genocuda::apps {
namespace {

/// Bins either side of the blacklist that go with it, as Koh et al. have it.
constexpr std::int64_t kBlacklistMargin = 5;

/// The groups of the options of reads in the help.
constexpr const char* kCounted = "What is counted of --reads";
constexpr const char* kLeftOut = "What is left out of --reads";

std::shared_ptr<const Genome> contigs_for(const DenoiseDataOptions& options, const SignalTrack& high) {
  if (!options.reads.path.empty()) return std::make_shared<const Genome>(genome_of(high.contigs()));
  if (!options.sizes.empty()) return std::make_shared<const Genome>(genome_of(read_contig_sizes(options.sizes)));
  if (high.knows_lengths()) return std::make_shared<const Genome>(genome_of(high.contigs()));
  throw Error(ErrorKind::input_file, "{} does not say how long its contigs are: give bigWig, or --sizes FILE",
              high.source());
}

/// The intervals on contigs that the genome has.
BedFile on_known_contigs(BedFile file, const Genome& genome, Notices& notices) {
  const std::vector<std::int32_t> contigs = genome.names().match(file.contigs, nullptr);
  std::erase_if(file.intervals, [&](const BedInterval& interval) {
    const auto contig = static_cast<std::size_t>(interval.contig);
    if (contigs[contig] >= 0) return false;
    notices.say(fmt::format("contigs of {} left out", file.path), file.contigs[contig]);
    return true;
  });
  return file;
}

/// Intervals of a genome as a file would have them.
BedFile file_of(std::string path, const Genome& genome, std::vector<BedInterval> intervals) {
  BedFile file{std::move(path), {}, std::move(intervals)};
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) file.contigs.push_back(genome.name(contig));
  return file;
}

class Reader {
 public:
  Reader(const DenoiseDataOptions& options, const DenoiseForm& form, const std::string& folder, Progress& progress,
         Notices& notices)
      : options_(options), form_(form), folder_(folder), progress_(progress), notices_(notices) {
    if (!options.blacklist.empty()) blacklist_ = read_bed(options.blacklist);
  }

  DenoiseData read() {
    const bool from_reads = !options_.reads.path.empty();
    std::vector<TrackSource> high = from_reads ? count("full depth", 1) : open_signals(std::vector{options_.high});
    std::vector<TrackSource> low = from_reads ? count("low depth", options_.subsample) : std::vector<TrackSource>{};
    for (TrackSource& other : open_signals(options_.low)) low.push_back(std::move(other));
    deep_ = from_reads ? options_.reads.path : options_.high;
    genome_ = contigs_for(options_, *high.front().signal);
    const IntervalUnion valid = regions(options_.valid), test = regions(options_.test);
    const IntervalUnion train =
        options_.train.empty() ? difference(difference(whole(*genome_), valid), test) : regions(options_.train);
    require_apart("--train", train, "--valid", valid);
    require_apart("--train", train, "--test", test);
    require_apart("--valid", valid, "--test", test);
    DenoiseData data{.genome = genome_,
                     .low = tracks(std::move(low), form_.shallow),
                     .high = tracks(std::move(high), form_.deep),
                     .peaks = nullptr,
                     .peak_list = {},
                     .train = bins("--train", train, true),
                     .valid = bins("--valid", valid, !options_.valid.empty()),
                     .test = bins("--test", difference(test, blacklisted()), !options_.test.empty())};
    read_peaks(data);
    return data;
  }

 private:
  /// A share of the reads in bins, as `genocuda coverage` counts them.
  std::vector<TrackSource> count(const char* depth, double share) {
    std::optional<ContigSizes> contigs;
    if (!options_.sizes.empty()) contigs = read_contig_sizes(options_.sizes);
    const std::unique_ptr<ReadSource> reads = open_reads(options_.reads, std::move(contigs), notices_);
    CoverageOptions coverage = coverage_of(options_.reads, *reads);
    coverage.share = share;
    coverage.bin = form_.bin;
    const auto track = std::make_shared<SpooledTrack>(reads->contigs(), folder_);
    progress_.start(fmt::format("reads, {}", depth), reads->contigs().total_length(), "bases");
    const CoverageCounts counts = cover(*reads, coverage, *track, [&](std::int64_t bases) { progress_.update(bases); });
    progress_.update(reads->contigs().total_length());
    progress_.finish(fmt::format("{} of {} records", counts.of(Fate::kept), counts.records));
    require_counted(*reads, counts, "genocuda coverage says what becomes of them");
    return {{depth, track}};
  }

  IntervalUnion regions(const std::vector<std::string>& places) const {
    return regions_on(*genome_, places, &notices_);
  }

  void require_apart(const char* name, const IntervalUnion& part, const char* other_name, const IntervalUnion& other) {
    const std::string both = first_overlap(*genome_, part, other);
    if (both.empty()) return;
    throw Error(ErrorKind::invalid_argument,
                "{} and {} overlap at {}: what is measured must not have been learned: take that out of one of them",
                name, other_name, both);
  }

  BinList bins(const char* name, const IntervalUnion& regions, bool asked) const {
    BinList list(regions, form_.bin);
    if (asked && list.size() == 0) {
      throw Error(ErrorKind::invalid_argument, "{} leaves no bin of {} bases: name other regions", name, form_.bin);
    }
    return list;
  }

  std::shared_ptr<const Tracks> tracks(std::vector<TrackSource> sources, TrackTransform transform) {
    for (TrackSource& source : sources) {
      source.other_strand.clear();
      if (!blacklist_.intervals.empty()) source.signal = masked(source.signal, blacklist_, margin());
    }
    return std::make_shared<const Tracks>(*genome_, sources, TrackOptions{.bin = form_.bin, .transform = transform},
                                          &notices_);
  }

  std::int64_t margin() const { return kBlacklistMargin * form_.bin; }

  IntervalUnion blacklisted() const {
    std::vector<BedInterval> intervals = blacklist_.intervals;
    const std::vector<std::int32_t> contigs = genome_->names().match(blacklist_.contigs, &notices_);
    for (BedInterval& interval : intervals) {
      interval.contig = contigs[static_cast<std::size_t>(interval.contig)];  // -1, which the union passes over
      interval.start -= margin();
      interval.end += margin();
    }
    return IntervalUnion(intervals, genome_->size());
  }

  void read_peaks(DenoiseData& data) {
    BedFile file;
    if (options_.peaks.empty()) {
      data.peak_list = threshold_peaks(*data.high, genome_->size(), options_.rule);
      file = file_of(deep_, *genome_, data.peak_list);
    } else {
      file = on_known_contigs(read_bed(options_.peaks), *genome_, notices_);
      data.peak_list = intervals_on(*genome_, file, &notices_);
    }
    if (data.peak_list.empty()) {
      throw Error(ErrorKind::input_file, "{}: no peaks{}", file.path,
                  options_.peaks.empty() ? "; give them with --peaks BED, or lower --peak-fold"
                                         : " on the contigs of the signals");
    }
    std::vector<TrackSource> source{{"peaks", signal_of(file)}};
    data.peaks = tracks(std::move(source), TrackTransform::none);
  }

  const DenoiseDataOptions& options_;
  const DenoiseForm& form_;
  const std::string& folder_;
  Progress& progress_;
  Notices& notices_;
  std::string deep_;  // the file of the full depth
  BedFile blacklist_;
  std::shared_ptr<const Genome> genome_;
};

}  // namespace

DenoiseData read_denoise_data(const DenoiseDataOptions& options, const DenoiseForm& form, const std::string& folder,
                              Progress& progress, Notices& notices) {
  return Reader(options, form, folder, progress, notices).read();
}

void require_both_depths(const CLI::App& command, const DenoiseDataOptions& options) {
  const auto fail = [](const std::string& message) { throw Error(ErrorKind::invalid_argument, message); };
  if (!options.reads.path.empty()) {
    if (!options.high.empty()) fail("--reads give the signal at full depth: leave out --high");
    if (!(options.subsample > 0 && options.subsample < 1)) {
      fail("say which share of the --reads makes the low depth, between 0 and 1: --subsample 0.1");
    }
    return;
  }
  for (const CLI::Option* option : command.get_options()) {
    const bool of_reads = option->get_group() == kCounted || option->get_group() == kLeftOut;
    if ((!of_reads && option->get_name() != "--subsample") || option->count() == 0) continue;
    if (option->results() == std::vector{option->get_default_str()}) continue;  // as an earlier run's config.toml says
    fail(fmt::format("{} is about --reads: give BAM or fragments", option->get_name()));
  }
  if (options.low.empty()) {
    fail("give the signal at low depth, --low FILE, or both depths by --reads FILE --subsample SHARE");
  }
  if (options.high.empty()) fail("give the signal at full depth: --high FILE");
}

void add_denoise_data_options(CLI::App& command, DenoiseDataOptions& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help, const char* group) {
    return command.add_option(name, value, help)->group(group);
  };
  const char* data = "Data";
  add("--low", options.low,
      "bigWig or bedGraph at low depth, a channel each: the assay itself first (not with --reads), then other "
      "marks and the control",
      data)
      ->delimiter(',');
  add("--high", options.high, "the assay at full depth", data);
  add("--reads", options.reads.path,
      "instead of --low and --high: mapped reads of the assay (BAM, fragments, BED or BEDPE), of which all give the "
      "full depth and --subsample the low one",
      data);
  add("--subsample", options.subsample, "share of the --reads, drawn at random, pairs together", data)
      ->check(CLI::Range(0.0, 1.0));
  add("--peaks", options.peaks, "BED or narrowPeak of the peaks at full depth (default: called there, --peak-fold)",
      data);
  add("--peak-fold", options.rule.fold,
      "without --peaks: bins at full depth with this many times the mean of the bins that have a signal, joined over "
      "gaps of 100 bases, from 200 bases on",
      data)
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  add("--sizes", options.sizes,
      "names and lengths of contigs, where neither --high nor the --reads say them: chrom.sizes or .fai", data);
  add("--blacklist", options.blacklist,
      "BED of regions that count as 0, with 5 bins on either side, and not in the test", data);
  add_read_options(command, options.reads, {kCounted, kCounted, kLeftOut});
  const char* split = "Split";
  const std::string form = ": contigs, parts of them (chr1:1000-2000, from 0 and half-open), or BED files";
  add("--train", options.train, "to train on (default: all that is not held out)" + form, split)->delimiter(',');
  add("--valid", options.valid, "held out for early stopping" + form, split)->delimiter(',');
  add("--test", options.test, "held out for the measures" + form, split)->delimiter(',');
}

std::vector<std::string> input_files(const DenoiseDataOptions& options) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& given) {
    const std::string path = std::filesystem::exists(given) ? given : given.substr(given.find('=') + 1);
    if (std::filesystem::is_regular_file(path)) files.push_back(path);
  };
  for (const std::string& path : options.low) add(path);
  for (const std::string* path :
       {&options.reads.path, &options.high, &options.peaks, &options.sizes, &options.blacklist}) {
    add(*path);
  }
  for (const auto* part : {&options.train, &options.valid, &options.test}) {
    for (const std::string& place : *part) add(place);
  }
  return files;
}

}  // namespace genocuda::apps
