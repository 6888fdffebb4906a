// SPDX-License-Identifier: Apache-2.0
#include "apps/data_source.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/error.h"
#include "genomics/contig_sizes.h"
#include "genomics/fasta_examples.h"
#include "genomics/genome.h"
#include "genomics/labelling.h"
#include "genomics/sequence_table.h"
#include "genomics/signal_track.h"
#include "learn/data/signals.h"

namespace genocuda::apps {
namespace {

constexpr std::int64_t kDefaultWindow = 1000;

/// The peak sets, without those of fewer than `min_sites` peaks.
std::vector<PeakSet> wanted_peaks(const SourceOptions& options, Notices& notices) {
  std::vector<PeakSet> sets = read_peaks(options.peaks);
  std::erase_if(sets, [&](const PeakSet& set) {
    const bool few = static_cast<std::int64_t>(set.peaks.intervals.size()) < options.min_sites;
    if (few) notices.say(fmt::format("left out for fewer than {} peaks", options.min_sites), set.task);
    return few;
  });
  if (sets.empty()) {
    throw Error(ErrorKind::invalid_argument, "none of the {} peak files has {} peaks: lower --min-sites",
                options.peaks.size(), options.min_sites);
  }
  return sets;
}

PeakPart peak_part(const SourceOptions& options) { return options.peak_points ? PeakPart::point : PeakPart::any_base; }

Examples read_sequences(const SourceOptions& options, const std::string& path, Notices& notices) {
  if (!is_fasta(path)) return read_sequence_table(path, {.length = options.length, .tasks = options.tasks});
  Examples examples =
      read_fasta_examples(path, {.length = options.length, .drop_repeats = !options.peaks.empty()}, &notices);
  if (!options.peaks.empty()) label_by_overlap(examples, wanted_peaks(options, notices), &notices, peak_part(options));
  return examples;
}

Examples read_pair(const SourceOptions& options, Notices& notices) {
  const FastaExamplesOptions fasta{.length = options.length};
  if (options.negatives != "shuffle") {
    return read_positives_and_negatives(options.positives, options.negatives, fasta, &notices);
  }
  return with_shuffles(read_fasta_examples(options.positives, fasta, &notices), options.shuffles, options.seed);
}

/// Bases of a window of a genome.
std::int64_t window_length(const SourceOptions& options, const ModelSpec& model) {
  if (options.length > 0) return options.length;
  return model.input.length > 0 ? model.input.length : kDefaultWindow;
}

Examples read_bins(const SourceOptions& options, std::shared_ptr<const Genome> genome, std::int64_t length,
                   bool reads_dna, Notices& notices) {
  const bool labels = !options.peaks.empty();
  BinOptions bins{.bin = options.bin,
                  .window = length,
                  .min_overlap = options.min_overlap,
                  .unlabelled = labels ? options.unlabelled : 1,
                  .max_unknown = reads_dna ? BinOptions{}.max_unknown : 1,
                  .contigs = {},
                  .skip_contigs = options.skip_contigs,
                  .seed = options.seed};
  BedFile blacklist;
  if (!options.blacklist.empty()) {
    blacklist = read_bed(options.blacklist);
    bins.blacklist = &blacklist;
  }
  const std::vector<PeakSet> peaks = labels ? wanted_peaks(options, notices) : std::vector<PeakSet>{};
  LabelledBins labelled = label_bins(std::move(genome), peaks, bins, &notices);
  const BinCounts& counts = labelled.counts;
  const std::string kept =
      labels ? fmt::format("{} with a label and {} without one kept", counts.labelled, counts.unlabelled)
             : fmt::format("{} kept", counts.unlabelled);
  notices.say("bins", fmt::format("{} of {} bases, {}; left out {} for the blacklist, {} for unknown bases",
                                  counts.bins, options.bin, kept, counts.blacklisted, counts.unknown));
  return std::move(labelled.examples);
}

Examples read_windows(const SourceOptions& options, const ModelSpec& model, Notices& notices) {
  std::shared_ptr<const Genome> genome = genome_for(options, model);
  const std::int64_t length = window_length(options, model);
  if (options.regions.empty()) return read_bins(options, std::move(genome), length, model.input.dna, notices);
  Examples examples = windows_at(std::move(genome), places(options), length, AtContigEnds::leave_out, notices);
  if (!options.peaks.empty()) label_by_overlap(examples, wanted_peaks(options, notices), &notices, peak_part(options));
  return examples;
}

bool has_signals(const SourceOptions& options) { return !options.signals.empty() || !options.controls.empty(); }

void require_one_source(const SourceOptions& options, const ModelSpec& model) {
  const int sources = !options.genome.empty() + !options.sequences.empty() + !options.positives.empty();
  if (sources == 0 && !model.input.dna) return;  // genome_for() says what is missing
  if (sources == 0 && (!options.peaks.empty() || !options.regions.empty() || has_signals(options))) {
    throw Error(ErrorKind::invalid_argument,
                "--peaks, --regions and --signal lie along a genome: give --genome FASTA, too");
  }
  if (sources != 1) {
    throw Error(ErrorKind::invalid_argument,
                "{}: give --sequences FILE, --genome FASTA with --peaks BED, or --positives "
                "FASTA with --negatives FASTA|shuffle",
                sources == 0 ? "there are no data" : "there is more than one source of data");
  }
  if (!options.genome.empty() && options.peaks.empty() && options.regions.empty() && !has_signals(options)) {
    throw Error(ErrorKind::invalid_argument,
                "--genome needs --peaks, a BED file for each task, or --regions or --signal for a model of signals");
  }
  if (!is_along_genome(options, model) && !options.regions.empty()) {
    throw Error(ErrorKind::invalid_argument, "--regions are places on a genome: give --genome, too");
  }
  if (!options.positives.empty() && options.negatives.empty()) {
    throw Error(ErrorKind::invalid_argument, "--positives needs --negatives: a FASTA file, or the word shuffle");
  }
}

/// Says which options have nothing to act on beside the others.
void say_what_is_idle(const SourceOptions& options, const ModelSpec& model, Notices& notices) {
  const SourceOptions unset;
  const bool along_genome = is_along_genome(options, model), bins = along_genome && options.regions.empty();
  const bool table = !options.sequences.empty() && !is_fasta(options.sequences);
  const bool fasta = !options.sequences.empty() && !table;
  const bool peaks = !options.peaks.empty();
  const auto say = [&](bool given, bool acts, const char* option) {
    if (given && !acts) notices.say(kIdleOptions, option);
  };
  say(options.bin != unset.bin, bins, "--bin (for bins of a genome, without --regions)");
  say(options.min_overlap != unset.min_overlap, bins && peaks, "--min-overlap (for bins that --peaks label)");
  say(options.unlabelled != unset.unlabelled, bins && peaks, "--unlabelled (for bins that --peaks label)");
  say(options.peak_points, peaks && (fasta || (along_genome && !bins)), "--peak-points (for --regions or FASTA)");
  say(options.min_sites != unset.min_sites, peaks, "--min-sites (for --peaks)");
  say(peaks, fasta || along_genome, "--peaks (for a genome or FASTA --sequences)");
  say(!options.skip_contigs.empty(), along_genome, "--skip-contigs (for a genome)");
  say(!options.blacklist.empty(), along_genome, "--blacklist (for a genome)");
  say(!options.tasks.empty(), table, "--tasks (for a table)");
  say(!options.negatives.empty(), !options.positives.empty(), "--negatives (for --positives)");
  say(options.shuffles != unset.shuffles, !options.positives.empty() && options.negatives == "shuffle",
      "--shuffles (for --negatives shuffle)");
}

/// Refuses signals for sequences that are no windows of a genome; without `targets` those that a model reads alone are
/// to be given.
void require_no_signals(const SourceOptions& options, const ModelSpec& model, bool targets) {
  const std::vector<SignalNeed> needs = signal_needs(model);
  if (!needs.empty()) {
    throw Error(
        ErrorKind::invalid_argument, "model '{}' is for the signal '{}' along a genome: give {} instead of sequences",
        model.name, needs.front().name,
        !targets && !needs.front().input
            ? std::string("--genome and --regions")
            : fmt::format("{}--regions and --signal {}=FILE", model.input.dna ? "--genome, " : "", needs.front().name));
  }
  if (has_signals(options)) {
    throw Error(ErrorKind::invalid_argument, "signals lie along a genome: give --genome with --signal");
  }
}

}  // namespace

bool is_along_genome(const SourceOptions& options, const ModelSpec& model) {
  if (!options.genome.empty()) return true;
  return !model.input.dna && options.sequences.empty() && options.positives.empty();
}

std::shared_ptr<const Genome> genome_for(const SourceOptions& options, const ModelSpec& model) {
  if (!options.genome.empty() && !options.sizes.empty()) {
    throw Error(ErrorKind::invalid_argument, "--genome says what contigs there are: leave out --sizes");
  }
  if (!options.genome.empty()) return std::make_shared<const Genome>(read_genome(options.genome));
  if (model.input.dna) {
    throw Error(ErrorKind::invalid_argument, "model '{}' reads the DNA of a genome: give --genome FASTA", model.name);
  }
  if (options.signals.empty()) {
    throw Error(ErrorKind::invalid_argument, "model '{}' reads signals along a genome: give --signal FILE[,FILE...]",
                model.name);
  }
  if (!options.sizes.empty()) return std::make_shared<const Genome>(genome_of(read_contig_sizes(options.sizes)));
  const std::string& given = options.signals.front();
  const std::size_t equals = given.find('='), first = equals == std::string::npos ? 0 : equals + 1;
  const std::string path = given.substr(first, given.find(',', first) - first);
  if (path.empty()) throw Error(ErrorKind::invalid_argument, "signal '{0}' lacks a file: give one after {0}", given);
  const auto signal = open_signal(path);
  if (!signal->knows_lengths()) {
    throw Error(ErrorKind::input_file, "{} does not say how long its contigs are: give bigWig, or --sizes FILE",
                signal->source());
  }
  return std::make_shared<const Genome>(genome_of(signal->contigs()));
}

PlaceOptions places(const SourceOptions& options) {
  return {.regions = options.regions, .skip_contigs = options.skip_contigs, .blacklist = options.blacklist};
}

SignalSet signals_for(const SourceOptions& options, const ModelSpec& model, const Genome& genome, bool targets,
                      Notices& notices) {
  std::vector<std::string> given = options.signals;
  if (!options.controls.empty()) given.push_back(fmt::format("controls={}", fmt::join(options.controls, ",")));
  return read_signals(model, genome, given, targets, &notices);
}

Examples read_source(const SourceOptions& options, const ModelSpec& model, Notices& notices) {
  require_one_source(options, model);
  say_what_is_idle(options, model, notices);
  if (!is_along_genome(options, model)) {
    require_no_signals(options, model, true);
    return options.sequences.empty() ? read_pair(options, notices)
                                     : read_sequences(options, options.sequences, notices);
  }
  Examples examples = read_windows(options, model, notices);
  examples.signals = signals_for(options, model, *examples.genome, true, notices);
  return examples;
}

Examples read_unlabelled(const SourceOptions& options, const ModelSpec& model, Notices& notices) {
  if (!options.sequences.empty()) {
    if (!options.genome.empty()) {
      throw Error(ErrorKind::invalid_argument, "there is more than one source of data: give --sequences or --genome");
    }
    require_no_signals(options, model, false);
    say_what_is_idle(options, model, notices);
    return read_sequences(options, options.sequences, notices);
  }
  if (options.genome.empty() && model.input.dna) {
    throw Error(ErrorKind::invalid_argument,
                "there are no data: give --sequences FILE, or --genome FASTA with --regions BED");
  }
  if (options.regions.empty()) {
    const bool tracks = std::ranges::any_of(model.outputs, [](const OutputSpec& output) {
      return !output.target.signal.empty() && output.target.measure == TargetMeasure::values;
    });
    throw Error(ErrorKind::invalid_argument, "say where to predict: --regions, a BED file of places on the genome{}",
                tracks ? ", or -o FILE.bw for all of it" : "");
  }
  Examples examples =
      windows_at(genome_for(options, model), places(options), model.input.length, AtContigEnds::unknown, notices);
  examples.signals = signals_for(options, model, *examples.genome, false, notices);
  return examples;
}

bool learns_labels(const ModelSpec& spec) {
  return std::ranges::any_of(spec.outputs, [](const OutputSpec& output) { return output.target.signal.empty(); });
}

void require_labels_for(const ModelSpec& spec, const Examples& examples) {
  if (examples.size() == 0) return;
  const OutputSpec* labels = nullptr;
  bool numbers = false;
  for (const OutputSpec& output : spec.outputs) {
    if (!output.target.signal.empty()) continue;
    labels = &output;
    if (output.loss != LossKind::bce_with_logits && output.loss != LossKind::softmax_cross_entropy) numbers = true;
  }
  if (labels && examples.task_count() == 0) {
    if (!examples.origins.empty()) {
      throw Error(ErrorKind::input_file, "{}: no labels: give the table a column for each task, or peaks with --peaks",
                  examples.origin(0));
    }
    throw Error(ErrorKind::invalid_argument,
                "output '{}' of model '{}' learns labels, and the data have no labels: give --peaks BED; or, if it "
                "learns a signal, name that in the model file: signal = \"NAME\"",
                labels->name, spec.name);
  }
  if (!labels && examples.task_count() > 0) {
    throw Error(ErrorKind::invalid_argument,
                "model '{}' learns signals alone, no labels: give the places of --peaks as --regions", spec.name);
  }
  if (labels && !numbers) require_binary(examples);
}

void require_length(std::int64_t length, const Examples& examples) {
  if (examples.length == length || examples.size() == 0) return;
  throw Error(ErrorKind::input_file, "{}: {} bases, but the model was made for {}: give --length {}{}",
              examples.origin(0), examples.length, length, length, examples.origins.empty() ? "" : " to crop or pad");
}

}  // namespace genocuda::apps
