// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/input_sequences.h"
#include "apps/run_options.h"
#include "apps/scoring_matrices.h"
#include "core/error.h"
#include "genomics/score_distribution.h"
#include "learn/files/atomic_file.h"
#include "learn/motifs/scanner.h"
#include "learn/progress.h"

namespace genocuda::apps {
namespace {

struct ScanCommand {
  SequenceOptions sequences;
  ScoringOptions scoring;
  RunOptions run;
  std::string out, format;
  double p_value = 1e-4;
  std::optional<double> score;
  bool relu = false, forward = false;
};

enum class Format { tsv, bed };

Format format_of(const ScanCommand& options) {
  if (!options.format.empty()) return options.format == "bed" ? Format::bed : Format::tsv;
  return options.out.ends_with(".bed") ? Format::bed : Format::tsv;
}

/// Motifs with their thresholds, and the p-values of all scores from there on.
struct Thresholds {
  std::vector<ScannedMotif> motifs;
  std::vector<std::vector<float>> p_values;

  float p_value(const MotifHit& hit) const {
    return p_values[hit.motif][static_cast<std::size_t>(hit.steps - motifs[hit.motif].threshold)];
  }
};

Thresholds thresholds_of(std::vector<Pssm> matrices, const ScanCommand& options, const BaseNumbers& background,
                         Notices& notices) {
  Thresholds result;
  for (Pssm& pssm : matrices) {
    const ScoreDistribution distribution(pssm, background);
    const std::int32_t threshold = options.relu    ? 1
                                   : options.score ? pssm.at_least(*options.score)
                                                   : distribution.threshold(options.p_value);
    if (threshold > pssm.highest()) {
      notices.say("motifs whose best score is below the threshold, so that they have no hits", pssm.id());
    }
    result.p_values.push_back(distribution.p_values_from(threshold));
    result.motifs.push_back({std::move(pssm), threshold});
  }
  return result;
}

std::string row(const MotifHit& hit, const InputSequences& sequences, const Thresholds& thresholds, Format format) {
  const Pssm& pssm = thresholds.motifs[hit.motif].pssm;
  const auto [name, start] = sequences.place(hit.region, hit.position);
  const std::int64_t end = start + pssm.width();
  const float p = thresholds.p_value(hit);
  if (format == Format::bed) {
    const long score = std::min(1000L, std::lround(-100 * std::log10(p)));
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", name, start, end, pssm.id(), score, symbol(hit.strand));
  }
  const SequenceRegion& region = sequences.regions()[static_cast<std::size_t>(hit.region)];
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{:.6g}\t{:.4g}\t{}\n", name, start, end, symbol(hit.strand), pssm.id(),
                     pssm.name(), pssm.value(hit.steps), p,
                     region.sequence->letters(region.start + hit.position, pssm.width(), hit.strand));
}

void run(const ScanCommand& options) {
  BaseNumbers background = background_of(options.scoring.motifs);
  const std::unique_ptr<Device> device = open(options.run);
  Notices notices;
  const InputSequences sequences(options.sequences, notices);
  if (options.scoring.motifs.background == "data") background = sequences.background();
  Thresholds thresholds = thresholds_of(scoring_matrices(options.scoring, background), options, background, notices);
  MotifScanner scanner(thresholds.motifs, *device,
                       {.both_strands = !options.forward, .executable = executable_options(options.run)});
  AtomicFile file(options.out.empty() ? "/dev/stdout" : options.out);
  announce(options.run, *device);
  print_notices(notices);

  Progress progress(standard_error_progress(options.run.quiet));
  progress.start("scan", sequences.total_length(), "bases");
  const Format format = format_of(options);
  if (format == Format::tsv) file.write("sequence\tstart\tend\tstrand\tmotif\tname\tscore\tp_value\tsite\n");
  std::int64_t hits_found = 0;
  scanner.scan(sequences.regions(), [&](std::span<const MotifHit> hits, std::int64_t bases) {
    std::string text;
    for (const MotifHit& hit : hits) text += row(hit, sequences, thresholds, format);
    file.write(text);
    hits_found += static_cast<std::int64_t>(hits.size());
    progress.update(bases);
  });
  file.commit();
  progress.finish(fmt::format("{} hits of {} motifs", hits_found, thresholds.motifs.size()));
}

}  // namespace

void add_scan(CLI::App& app) {
  CLI::App* command = app.add_subcommand("scan", "Find motifs along sequences: a hit a row (TSV or BED)");
  auto options = std::make_shared<ScanCommand>();
  add_scoring_options(*command, options->scoring, true);
  add_sequence_options(*command, options->sequences);
  CLI::Option* p_value =
      command
          ->add_option("--p-value", options->p_value,
                       "a hit scores so high that a random sequence does with at most this probability")
          ->check(CLI::Range(0.0, 1.0))
          ->capture_default_str();
  CLI::Option* score = command->add_option("--score", options->score, "a hit scores this many bits or more");
  CLI::Option* relu = command->add_flag("--relu", options->relu, "a hit scores above 0: the neuron max(0, W x)");
  p_value->excludes(score)->excludes(relu);
  score->excludes(relu);
  command->add_flag("--forward", options->forward, "look at the forward strand only");
  command->add_option("--format", options->format, "tsv or bed (default: by the name of --out, else tsv)")
      ->check(CLI::IsMember({"tsv", "bed"}));
  command->add_option("-o,--out", options->out, "file for the hits (default: standard output)");
  add_run_options(*command, options->run);
  command->footer(
      "Examples:\n"
      "  genocuda scan -m JASPAR2022.txt -g genome.fa.gz -o hits.bed\n"
      "  genocuda scan -m motifs.meme --only CTCF -g genome.fa --regions peaks.bed --p-value 1e-5\n"
      "  genocuda scan -m motifs.meme --sequences reads.fa --score 12 --background data");
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps
