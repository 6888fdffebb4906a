// SPDX-License-Identifier: Apache-2.0
#include "apps/data_set.h"

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "genomics/splits.h"
#include "learn/files/posix_file.h"

namespace genocuda::apps {
namespace {

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
  const std::string text = read_text_file(split.folds);
  try {
    const auto folds = nlohmann::json::parse(text).get<std::map<std::string, std::vector<std::string>>>();
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

/// Refuses to hold a contig out that --skip-contigs leaves out, of which no example would be left.
void require_not_skipped(const SourceOptions& source, const std::vector<std::string>& names, const char* option) {
  ContigNames skipped;
  for (const std::string& name : source.skip_contigs) {
    if (!skipped.find(name)) skipped.add(name);
  }
  const std::vector<std::int32_t> found = skipped.match(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (found[i] < 0) continue;
    throw Error(ErrorKind::invalid_argument, "contig '{}' is named by --skip-contigs and by {}: name it for one",
                names[i], option);
  }
}

Examples read_file_like(SourceOptions source, const std::string& file, const ModelSpec& model, Notices& notices) {
  source.sequences = file;
  return read_source(source, model, notices);
}

}  // namespace

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

DataSet read_data_set(const SourceOptions& source, const SplitOptions& given, const ModelSpec& model,
                      Notices& notices) {
  SplitOptions split = given;
  if (!split.folds.empty()) apply_folds(split);
  require_not_skipped(source, split.train, "--train");
  require_not_skipped(source, split.valid, "--valid");
  require_not_skipped(source, split.test, "--test");
  DataSet data;
  // Files first: what remains to be divided is the source itself.
  for (auto [part, examples] : {std::pair{&split.valid, &data.valid}, std::pair{&split.test, &data.test}}) {
    if (source.sequences.empty() || !names_a_file(*part)) continue;
    *examples = read_file_like(source, part->front(), model, notices);
    part->clear();
  }
  data.train = read_source(source, model, notices);
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

Examples read_part(const SourceOptions& source, const std::vector<std::string>& which, const ModelSpec& model,
                   Notices& notices) {
  if (share_in(which) || (!source.sequences.empty() && names_a_file(which))) {
    throw Error(ErrorKind::invalid_argument,
                "--test takes chromosomes here, not '{}': score on part of the examples by giving that part alone",
                which.front());
  }
  require_no_path(which);
  require_not_skipped(source, which, "--test");
  Examples all = read_source(source, model, notices);
  if (which.empty()) return all;
  const Split parts = split_by_chromosome(all, {}, {}, which, &notices);
  return subset(all, parts.test);
}

void require_labels_that_vary(const SourceOptions& source, const Examples& train, Notices& notices) {
  const std::vector<std::string> constant = constant_tasks(train);
  if (constant.empty()) return;
  if (constant.size() == train.tasks.size()) {
    const bool bins =
        source.sequences.empty() && source.positives.empty() && source.regions.empty() && source.unlabelled < 1;
    const bool signals = !source.signals.empty() || !source.controls.empty();
    throw Error(ErrorKind::input_file, "every task has but one class or value among the {} examples to train on: {}",
                train.size(),
                bins       ? "keep the bins that no peak labels, with --unlabelled 1"
                : !signals ? "see genocuda check with these data"
                : source.genome.empty()
                    ? "give --peaks that lie at some of the places and not at others"
                    : "see genocuda check with these data but for --signal and --control, which it does not take");
  }
  for (const std::string& task : constant) {
    notices.say("tasks with one class or value among the examples to train on, which cannot be learned", task);
  }
}

std::vector<std::string> input_files(const SourceOptions& source, const SplitOptions& split) {
  std::vector<std::string> files = input_files(source);
  const auto add = [&](const std::string& path) {
    if (std::filesystem::is_regular_file(path)) files.push_back(path);
  };
  add(split.folds);
  for (const auto* part : {&split.valid, &split.test}) {
    if (part->size() == 1) add(part->front());
  }
  return files;
}

}  // namespace genocuda::apps
