// SPDX-License-Identifier: Apache-2.0
#include "apps/source_options.h"

#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace genocuda::apps {
namespace {

constexpr const char* kGroup = "Data";  // in the help

}  // namespace

bool is_fasta(const std::string& path) {
  std::filesystem::path name = path;
  while (name.extension() == ".gz" || name.extension() == ".bgz") name.replace_extension();
  const std::string ending = name.extension().string();
  return ending == ".fa" || ending == ".fasta" || ending == ".fna" || ending == ".fas";
}

void add_source_options(CLI::App& command, SourceOptions& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option(name, value, help)->group(kGroup);
  };
  add("--sequences", options.sequences, "CSV or TSV with a column 'sequence', or FASTA (plain or gzip)");
  add("-g,--genome", options.genome, "FASTA of a genome (plain, gzip or bgzip)");
  add("--regions", options.regions,
      "BED of places on the genome: a window of the model's length round each summit or middle, on its strand");
  add("--skip-contigs", options.skip_contigs, "contigs to leave out")->delimiter(',');
  add("--blacklist", options.blacklist, "BED of regions to leave out");
  add("--length", options.length,
      "bases of an example: of a window on a genome, or what sequences are cropped or padded to")
      ->check(CLI::Range(1, 100000000));
}

void add_label_options(CLI::App& command, SourceOptions& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option(name, value, help)->group(kGroup);
  };
  add("--tasks", options.tasks, "columns of a table of --sequences to take as tasks (default: all)")->delimiter(',');
  add("--positives", options.positives, "FASTA of positive sequences");
  add("--negatives", options.negatives,
      "FASTA of negative sequences, or 'shuffle': dinucleotide shuffles of the positives");
  add("--shuffles", options.shuffles, "shuffles of each positive")->check(CLI::Range(1, 100))->capture_default_str();
  add("-p,--peaks", options.peaks,
      "BED or narrowPeak files as [NAME=]FILE, a task each: label bins of the genome, or --regions of it, or FASTA "
      "--sequences that have places in their headers");
  add("--min-sites", options.min_sites, "leave out peak files with fewer peaks")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
  command
      .add_flag("--peak-points", options.peak_points,
                "label --sequences or --regions by the summit or middle of each peak, not by any base of it")
      ->group(kGroup);
  add("--bin", options.bin, "without --regions: examples are windows round the bins of the genome, of so many bases")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  add("--min-overlap", options.min_overlap,
      "a bin is positive where peaks cover more than this share of it, or a summit lies in it")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add("--unlabelled", options.unlabelled, "share of the bins without any label to keep")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add("--seed", options.seed, "of everything random")->capture_default_str();
}

void add_signal_options(CLI::App& command, SourceOptions& options, const std::string& use) {
  command
      .add_option("-s,--signal", options.signals,
                  fmt::format("[NAME=]FILE[,FILE...]: {}, a file a channel: bigWig, bedGraph or BED; the name may be "
                              "left out where a model has one",
                              use))
      ->group(kGroup);
  command.add_option("-c,--control", options.controls, "FILE[,FILE]: the same as --signal controls=FILE[,FILE]")
      ->group(kGroup);
  command
      .add_option("--sizes", options.sizes,
                  "names and lengths of contigs (chrom.sizes or .fai), instead of --genome: for a model that reads no "
                  "DNA, and not needed where the first signal is bigWig")
      ->group(kGroup);
}

std::vector<std::string> input_files(const SourceOptions& source) {
  std::vector<std::string> files{source.genome,    source.sizes,   source.sequences, source.positives,
                                 source.negatives, source.regions, source.blacklist};
  for (const auto* named : {&source.peaks, &source.signals, &source.controls}) {
    for (const std::string& text : *named) {
      for (std::string& path : CLI::detail::split(text.substr(text.find('=') + 1), ','))
        files.push_back(std::move(path));
    }
  }
  std::erase_if(files, [](const std::string& path) { return !std::filesystem::is_regular_file(path); });
  return files;
}

}  // namespace genocuda::apps
