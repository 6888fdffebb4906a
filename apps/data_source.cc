// SPDX-License-Identifier: Apache-2.0
#include "apps/data_source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "genomics/fasta_examples.h"
#include "genomics/genome.h"
#include "genomics/labelling.h"
#include "genomics/sequence_table.h"
#include "genomics/splits.h"

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

Examples read_sequences(const SourceOptions& options, const std::string& path, Notices& notices) {
  if (!is_fasta(path)) return read_sequence_table(path, {.length = options.length, .tasks = options.tasks});
  Examples examples =
      read_fasta_examples(path, {.length = options.length, .drop_repeats = !options.peaks.empty()}, &notices);
  if (!options.peaks.empty())
    label_by_overlap(examples, wanted_peaks(options, notices), &notices,
                     options.peak_points ? PeakPart::point : PeakPart::any_base);
  return examples;
}

Examples read_pair(const SourceOptions& options, Notices& notices) {
  const FastaExamplesOptions fasta{.length = options.length};
  if (options.negatives != "shuffle") {
    return read_positives_and_negatives(options.positives, options.negatives, fasta, &notices);
  }
  return with_shuffles(read_fasta_examples(options.positives, fasta, &notices), options.shuffles, options.seed);
}

Examples read_bins(const SourceOptions& options, std::int64_t length, Notices& notices) {
  const auto genome = std::make_shared<const Genome>(read_genome(options.genome));
  BinOptions bins{.bin = options.bin,
                  .window = options.length > 0 ? options.length
                            : length > 0       ? length
                                               : kDefaultWindow,
                  .min_overlap = options.min_overlap,
                  .unlabelled = options.unlabelled,
                  .contigs = {},
                  .skip_contigs = options.skip_contigs,
                  .seed = options.seed};
  BedFile blacklist;
  if (!options.blacklist.empty()) {
    blacklist = read_bed(options.blacklist);
    bins.blacklist = &blacklist;
  }
  LabelledBins labelled = label_bins(genome, wanted_peaks(options, notices), bins, &notices);
  const BinCounts& counts = labelled.counts;
  notices.say(
      "bins",
      fmt::format("{} of {} bases, {} with a label and {} without one kept; left out {} for the blacklist, {} "
                  "for unknown bases",
                  counts.bins, options.bin, counts.labelled, counts.unlabelled, counts.blacklisted, counts.unknown));
  return std::move(labelled.examples);
}

void require_one_source(const SourceOptions& options) {
  const int sources = !options.genome.empty() + !options.sequences.empty() + !options.positives.empty();
  if (sources != 1) {
    throw Error(ErrorKind::invalid_argument,
                "{}: give --sequences FILE, --genome FASTA with --peaks BED, or --positives "
                "FASTA with --negatives FASTA|shuffle",
                sources == 0 ? "there are no data" : "there is more than one source of data");
  }
  if (!options.genome.empty() && options.peaks.empty()) {
    throw Error(ErrorKind::invalid_argument, "--genome needs --peaks: a BED file for each task");
  }
  if (!options.positives.empty() && options.negatives.empty()) {
    throw Error(ErrorKind::invalid_argument, "--positives needs --negatives: a FASTA file, or the word shuffle");
  }
}

bool names_a_file(const std::vector<std::string>& part) {
  return part.size() == 1 && std::filesystem::exists(part.front());
}

/// The share that an option gives, where it is one number with a point.
std::optional<double> share_in(const std::vector<std::string>& part) {
  if (part.size() != 1 || part.front().find('.') == std::string::npos) return {};
  const std::string& text = part.front();
  double share = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  if (share <= 0 || share >= 1) {
    throw Error(ErrorKind::invalid_argument, "a share of the examples lies between 0 and 1, not {}", text);
  }
  return share;
}

/// Refuses a path that does not exist before it is taken for a chromosome.
void require_no_path(const std::vector<std::string>& part) {
  for (const std::string& name : part) {
    if (name.find('/') != std::string::npos || name.ends_with(".gz") || name.ends_with(".csv") ||
        name.ends_with(".tsv") || is_fasta(name)) {
      throw Error(ErrorKind::input_file, "{}: no such file", name);
    }
  }
}

void apply_folds(SplitOptions& split) {
  std::ifstream file(split.folds);
  if (!file) throw Error(ErrorKind::input_file, "{}: cannot be read", split.folds);
  try {
    const auto folds = nlohmann::json::parse(file).get<std::map<std::string, std::vector<std::string>>>();
    for (const auto& [name, chromosomes] : folds) {
      auto* part = name == "train"   ? &split.train
                   : name == "valid" ? &split.valid
                   : name == "test"  ? &split.test
                                     : nullptr;
      if (part == nullptr) {
        throw Error(ErrorKind::input_file, "{}: '{}' is none of \"train\", \"valid\" and \"test\"", split.folds, name);
      }
      if (part->empty()) *part = chromosomes;  // flags win
    }
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::input_file,
                "{}: not a JSON object with lists of chromosomes \"train\", \"valid\" and \"test\"", split.folds);
  }
}

Examples read_file_like(SourceOptions source, const std::string& file, std::int64_t length, Notices& notices) {
  source.sequences = file;
  return read_source(source, length, notices);
}

}  // namespace

bool is_fasta(const std::string& path) {
  std::filesystem::path name = path;
  while (name.extension() == ".gz" || name.extension() == ".bgz") name.replace_extension();
  const std::string ending = name.extension().string();
  return ending == ".fa" || ending == ".fasta" || ending == ".fna" || ending == ".fas";
}

void add_source_options(CLI::App& command, SourceOptions& options) {
  const std::string group = "Data";
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option(name, value, help)->group(group);
  };
  add("--sequences", options.sequences, "CSV or TSV with a column 'sequence' and one a task, or FASTA (plain or gzip)");
  add("--tasks", options.tasks, "columns of the table to take as tasks (default: all)")->delimiter(',');
  add("--positives", options.positives, "FASTA of positive sequences");
  add("--negatives", options.negatives,
      "FASTA of negative sequences, or 'shuffle': dinucleotide shuffles of the positives");
  add("--shuffles", options.shuffles, "shuffles of each positive")->check(CLI::Range(1, 100))->capture_default_str();
  add("-g,--genome", options.genome, "FASTA of a genome (plain, gzip or bgzip), with --peaks");
  add("-p,--peaks", options.peaks,
      "BED or narrowPeak files as [NAME=]FILE, a task each; also labels FASTA --sequences "
      "that have places in their headers");
  add("--min-sites", options.min_sites, "leave out peak files with fewer peaks")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
  command
      .add_flag("--peak-points", options.peak_points,
                "label --sequences by the summit or middle of each peak, not by any base of it")
      ->group(group);
  add("--bin", options.bin, "bases of the genome that a label stands for")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  add("--min-overlap", options.min_overlap,
      "a bin is positive where peaks cover more than this share of it, or a summit lies in it")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add("--unlabelled", options.unlabelled, "share of the bins without any label to keep")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add("--skip-contigs", options.skip_contigs, "contigs to leave out")->delimiter(',');
  add("--blacklist", options.blacklist, "BED of regions to leave out");
  add("--length", options.length, "bases of an example: window round a bin, or what sequences are cropped or padded to")
      ->check(CLI::Range(1, 100000000));
  add("--seed", options.seed, "of everything random")->capture_default_str();
}

void add_split_options(CLI::App& command, SplitOptions& options) {
  const std::string group = "Split";
  command.add_option("--train", options.train, "chromosomes to train on (default: all that are not held out)")
      ->delimiter(',')
      ->group(group);
  command
      .add_option("--valid", options.valid,
                  "held out for early stopping: a file like --sequences, chromosomes, or a share like 0.1")
      ->delimiter(',')
      ->group(group);
  command.add_option("--test", options.test, "held out for the final figures: likewise")->delimiter(',')->group(group);
  command
      .add_option("--folds", options.folds,
                  "JSON with lists of chromosomes: {\"train\": [], \"valid\": [], \"test\": []}")
      ->group(group);
}

Examples read_source(const SourceOptions& options, std::int64_t length, Notices& notices) {
  require_one_source(options);
  if (!options.sequences.empty()) return read_sequences(options, options.sequences, notices);
  if (!options.positives.empty()) return read_pair(options, notices);
  return read_bins(options, length, notices);
}

DataSet read_data_set(const SourceOptions& source, const SplitOptions& given, std::int64_t length, Notices& notices) {
  SplitOptions split = given;
  if (!split.folds.empty()) apply_folds(split);
  DataSet data;
  // Files first: what remains to be divided is the source itself.
  for (auto [part, examples] : {std::pair{&split.valid, &data.valid}, std::pair{&split.test, &data.test}}) {
    if (source.sequences.empty() || !names_a_file(*part)) continue;
    *examples = read_file_like(source, part->front(), length, notices);
    part->clear();
  }
  data.train = read_source(source, length, notices);
  const std::optional<double> valid_share = share_in(split.valid), test_share = share_in(split.test);
  if (valid_share || test_share) {
    if ((!split.valid.empty() && !valid_share) || (!split.test.empty() && !test_share) || !split.train.empty()) {
      throw Error(ErrorKind::invalid_argument, "a share for one part and chromosomes for another do not go together");
    }
    const Split parts = split_by_fraction(data.train, valid_share.value_or(0), test_share.value_or(0), source.seed);
    if (valid_share) data.valid = subset(data.train, parts.valid);
    if (test_share) data.test = subset(data.train, parts.test);
    data.train = subset(data.train, parts.train);
  } else if (!split.train.empty() || !split.valid.empty() || !split.test.empty()) {
    for (const auto* part : {&split.train, &split.valid, &split.test}) require_no_path(*part);
    const Split parts = split_by_chromosome(data.train, split.train, split.valid, split.test, &notices);
    if (!split.valid.empty()) data.valid = subset(data.train, parts.valid);
    if (!split.test.empty()) data.test = subset(data.train, parts.test);
    data.train = subset(data.train, parts.train);
  }
  for (const Examples* part : {&data.valid, &data.test}) {
    if (part->size() == 0) continue;
    if (part->length != data.train.length) {
      throw Error(ErrorKind::input_file, "{}: sequences of {} bases, but those to train on have {}: give --length",
                  part->origin(0), part->length, data.train.length);
    }
    if (part->tasks != data.train.tasks) {
      throw Error(ErrorKind::input_file, "{}: the tasks ({}) are not those to train on ({})", part->origin(0),
                  fmt::join(part->tasks, ", "), fmt::join(data.train.tasks, ", "));
    }
  }
  return data;
}

Examples read_part(const SourceOptions& source, const std::vector<std::string>& which, std::int64_t length,
                   Notices& notices) {
  Examples all = read_source(source, length, notices);
  if (which.empty()) return all;
  require_no_path(which);
  const Split parts = split_by_chromosome(all, {}, {}, which, &notices);
  return subset(all, parts.test);
}

Examples read_regions(const std::string& genome, const std::string& bed, std::int64_t length, Notices& notices) {
  Examples examples;
  examples.genome = std::make_shared<const Genome>(read_genome(genome));
  examples.length = length;
  for (const BedInterval& interval : intervals_on(*examples.genome, read_bed(bed), &notices)) {
    const Strand strand = interval.strand == '-' ? Strand::reverse : Strand::forward;
    examples.windows.push_back({interval.contig, strand, interval.point() - length / 2});
  }
  return examples;
}

void require_labels_for(const ModelSpec& spec, const Examples& examples) {
  if (examples.size() > 0 && examples.task_count() == 0) {
    throw Error(ErrorKind::input_file, "{}: no labels: give the table a column for each task, or peaks with --peaks",
                examples.origin(0));
  }
  const bool classes = std::ranges::all_of(spec.outputs, [](const OutputSpec& output) {
    return output.loss == LossKind::bce_with_logits || output.loss == LossKind::softmax_cross_entropy;
  });
  if (classes) require_binary(examples);
}

void require_length(std::int64_t length, const Examples& examples) {
  if (examples.length == length || examples.size() == 0) return;
  throw Error(ErrorKind::input_file, "{}: {} bases, but the model was made for {}: give --length {} to crop or pad",
              examples.origin(0), examples.length, length, length);
}

std::vector<std::string> input_files(const SourceOptions& source, const SplitOptions& split) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (!path.empty() && std::filesystem::is_regular_file(path)) files.push_back(path);
  };
  for (const std::string* path :
       {&source.genome, &source.sequences, &source.positives, &source.negatives, &source.blacklist, &split.folds}) {
    add(*path);
  }
  for (const std::string& peaks : source.peaks) add(peaks.substr(peaks.find('=') + 1));
  for (const auto* part : {&split.valid, &split.test}) {
    if (part->size() == 1) add(part->front());
  }
  return files;
}

}  // namespace genocuda::apps
