// SPDX-License-Identifier: Apache-2.0
#include "genomics/simulate.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/motif_options.h"
#include "apps/output_files.h"
#include "core/error.h"
#include "core/version.h"
#include "genomics/genome.h"
#include "genomics/motif_file.h"
#include "genomics/text.h"
#include "learn/files/atomic_file.h"

namespace genocuda::apps {
namespace {

struct SimulateOptions {
  std::string kind, motifs, background = "uniform", copies, negative_copies, gap = "0-10", out;
  std::vector<std::string> only, sites;
  std::int64_t count = 1000, length = 200;
  int order = 0;
  double positives = 0.5;
  bool any_order = false, forward = false, overwrite = false;
  std::uint64_t seed = 1;
};

/// "3" or "3-5".
CountRange range_of(const std::string& text, const char* option) {
  const std::size_t dash = text.find('-', 1);
  const auto least = parse_integer(std::string_view(text).substr(0, dash));
  const auto most = dash == std::string::npos ? least : parse_integer(std::string_view(text).substr(dash + 1));
  if (!least || !most) {
    throw Error(ErrorKind::invalid_argument, "{} takes a number or a range such as 3-5, not '{}'", option, text);
  }
  return {*least, *most};
}

/// Those of the file that are asked for, in that order, then one for each word of --site.
std::vector<Motif> motifs_of(const SimulateOptions& options) {
  std::vector<Motif> motifs;
  if (!options.motifs.empty()) motifs = choose_motifs(read_motifs(options.motifs), options.only, options.motifs);
  for (const std::string& site : options.sites) motifs.push_back(motif_from_sites(std::span(&site, 1), site));
  if (motifs.empty()) throw Error(ErrorKind::invalid_argument, "give --motifs FILE or --site BASES");
  return motifs;
}

MarkovChain background_of(const SimulateOptions& options) {
  if (!std::filesystem::exists(options.background)) {
    if (options.order > 0) {
      throw Error(ErrorKind::invalid_argument, "--order {} needs a FASTA file as --background to learn from",
                  options.order);
    }
    return MarkovChain(background_of(MotifOptions{.background = options.background}));
  }
  const Genome genome = read_genome(options.background);
  std::vector<SequenceRegion> regions;
  for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
    regions.push_back({&genome.sequence(contig), 0, genome.length(contig)});
  }
  return MarkovChain::learn(regions, options.order);
}

SimulationSettings settings_of(const SimulateOptions& options) {
  SimulationSettings settings;
  settings.grammar = options.kind == "combination" ? Grammar::combination
                     : options.kind == "spacing"   ? Grammar::spacing
                                                   : Grammar::density;
  if (options.kind != "density" && (!options.copies.empty() || !options.negative_copies.empty())) {
    throw Error(ErrorKind::invalid_argument, "--copies and --negative-copies are for the kind density");
  }
  if (options.kind == "density") {
    settings.copies = range_of(options.copies.empty() ? "3-5" : options.copies, "--copies");
    settings.negative_copies =
        range_of(options.negative_copies.empty() ? "0-1" : options.negative_copies, "--negative-copies");
  }
  settings.gap = range_of(options.gap, "--gap");
  settings.length = options.length;
  settings.positives = options.positives;
  settings.any_order = options.any_order;
  settings.both_strands = !options.forward;
  settings.seed = options.seed;
  return settings;
}

std::string describe(const SimulateOptions& options, const SimulationSettings& settings,
                     const std::vector<Motif>& motifs) {
  nlohmann::ordered_json json{{"version", version()},
                              {"kind", options.kind},
                              {"count", options.count},
                              {"length", settings.length},
                              {"positives", settings.positives},
                              {"background", options.background},
                              {"order", options.order},
                              {"both_strands", settings.both_strands},
                              {"seed", settings.seed}};
  if (options.kind == "density") {
    json["copies"] = {settings.copies.least, settings.copies.most};
    json["negative_copies"] = {settings.negative_copies.least, settings.negative_copies.most};
  }
  if (settings.grammar == Grammar::spacing) {
    json["gap"] = {settings.gap.least, settings.gap.most};
    json["any_order"] = settings.any_order;
  }
  for (const Motif& motif : motifs) {
    json["motifs"].push_back({{"id", motif.id}, {"name", motif.name}, {"probabilities", probabilities(motif)}});
  }
  return json.dump(2) + "\n";
}

std::string letters_of(const SimulatedSequence& sequence) {
  std::string letters;
  for (const std::uint8_t code : sequence.codes) letters += dna::kLetters[code];
  return letters;
}

void run(const SimulateOptions& options, const CLI::App& command) {
  const auto path = [&](const char* name) { return (std::filesystem::path(options.out) / name).string(); };
  for (const char* name : {"sequences.tsv", "sequences.fa", "embeddings.bed", "settings.json"}) {
    refuse_to_replace(path(name), options.overwrite);
    refuse_to_replace_inputs(command, path(name));
  }
  const std::vector<Motif> motifs = motifs_of(options);
  const SimulationSettings settings = settings_of(options);
  const Simulator simulator(motifs, background_of(options), settings);
  simulator.draw(0);  // whatever is wrong with the grammar is said before anything is written
  simulator.draw(1);

  std::filesystem::create_directories(options.out);
  AtomicFile table(path("sequences.tsv")), fasta(path("sequences.fa")), sites(path("embeddings.bed"));
  table.write("name\tsequence\tlabel\n");
  for (std::int64_t i = 0; i < options.count; ++i) {
    const SimulatedSequence sequence = simulator.draw(i);
    const std::string name = fmt::format("simulated{}", i + 1), letters = letters_of(sequence);
    table.write(fmt::format("{}\t{}\t{:d}\n", name, letters, sequence.positive));
    fasta.write(fmt::format(">{} label={:d}\n{}\n", name, sequence.positive, letters));
    for (const EmbeddedSite& site : sequence.sites) {
      const Motif& motif = motifs[static_cast<std::size_t>(site.motif)];
      sites.write(fmt::format("{}\t{}\t{}\t{}\t0\t{}\n", name, site.start, site.start + motif.width(), motif.id,
                              symbol(site.strand)));
    }
  }
  AtomicFile json(path("settings.json"));
  json.write(describe(options, settings, motifs));
  for (AtomicFile* file : {&table, &fasta, &sites, &json}) file->commit();
}

}  // namespace

void add_simulate(CLI::App& app) {
  CLI::App* command = app.add_subcommand("simulate", "Make sequences whose labels follow a known grammar of motifs");
  auto options = std::make_shared<SimulateOptions>();
  command
      ->add_option("kind", options->kind,
                   "single (a motif or none), density (many copies or few), combination (all motifs or some), spacing "
                   "(the same motifs in order and at set distances, or not)")
      ->required()
      ->check(CLI::IsMember({"single", "density", "combination", "spacing"}));
  command->add_option("-o,--out", options->out, "folder for sequences.tsv, sequences.fa, embeddings.bed, settings.json")
      ->required();
  command->add_flag("--overwrite", options->overwrite, "replace a set that the folder holds");
  command->add_option("-m,--motifs", options->motifs, "MEME, JASPAR or HOCOMOCO file");
  command->add_option("--only", options->only, "motifs of the file, in the order of the grammar (default: all)")
      ->delimiter(',');
  command->add_option("--site", options->sites, "motifs that are always the same bases: GATAAG,TGACTCA")
      ->delimiter(',');
  command->add_option("--count", options->count, "sequences")->check(CLI::Range(1, 100000000))->capture_default_str();
  command->add_option("--length", options->length, "bases of each")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--positives", options->positives, "share of positives")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--copies", options->copies, "density: copies in positives, a number or a range (default: 3-5)");
  command->add_option("--negative-copies", options->negative_copies, "density: copies in negatives (default: 0-1)");
  command->add_option("--gap", options->gap, "spacing: bases between neighbours, a number or a range")
      ->capture_default_str();
  command->add_flag("--any-order", options->any_order, "spacing: distances alone count, not the order of the motifs");
  command->add_flag("--forward", options->forward, "motifs on the forward strand only");
  command
      ->add_option("--background", options->background,
                   "uniform, shares of A, C, G and T such as 0.3,0.2,0.2,0.3, or a FASTA file to learn from")
      ->capture_default_str();
  command->add_option("--order", options->order, "bases that a base of a learned background depends on")
      ->check(CLI::Range(0, MarkovChain::kHighestOrder))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "of everything random")->capture_default_str();
  command->footer(
      "Examples:\n"
      "  genocuda simulate single --site GATAAG --count 2000 --length 100 -o gata\n"
      "  genocuda simulate density -m motifs.meme --only CTCF --copies 4-6 --negative-copies 1-2 -o ctcf\n"
      "  genocuda simulate spacing --site GATAAG,TGACTCA --gap 5-8 --background genome.fa --order 3 -o pair");
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace genocuda::apps
