// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The options that say which data a command reads; apps/data_source.h reads them.
namespace genocuda::apps {

/// The options of a source of examples. One of three is given: a genome with peaks, regions or signals (for a model
/// that reads no DNA the signals alone), sequences in a table or FASTA file (with peaks where they have places), or
/// positives and negatives in FASTA files.
struct SourceOptions {
  std::string genome;
  std::string sizes;  ///< names and lengths of contigs, for a model that reads no DNA
  std::vector<std::string> peaks;
  std::string regions;  ///< BED: a window of the genome for each of its intervals instead of one for each bin
  std::vector<std::string> signals;   ///< [NAME=]FILE[,FILE...]: what a model reads or is trained towards
  std::vector<std::string> controls;  ///< the files of the signal "controls"
  std::int64_t min_sites = 0;
  bool peak_points = false;  ///< a sequence is positive where a peak's summit or middle lies in it, not just any base
  std::int64_t bin = 200;
  double min_overlap = 0.5;
  double unlabelled = 0;
  std::vector<std::string> skip_contigs;
  std::string blacklist;

  std::string sequences;
  std::vector<std::string> tasks;

  std::string positives, negatives;
  std::int64_t shuffles = 1;

  std::int64_t length = 0;
  std::uint64_t seed = 1;
};

/// Whether a path ends as FASTA files do: .fa, .fasta, .fna or .fas, compressed or not.
bool is_fasta(const std::string& path);

/// Where sequences and places come from.
void add_source_options(CLI::App& command, SourceOptions& options);
/// What labels them, of verbs that want labels.
void add_label_options(CLI::App& command, SourceOptions& options);
/// --signal, --control and --sizes, of verbs that run a model. `use` says in the help what a model does with signals.
void add_signal_options(CLI::App& command, SourceOptions& options, const std::string& use);

/// Every file that the options name.
std::vector<std::string> input_files(const SourceOptions& source);

}  // namespace genocuda::apps
