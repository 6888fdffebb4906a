// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/genome_windows.h"
#include "genomics/examples.h"
#include "genomics/notices.h"
#include "learn/model/model_spec.h"

namespace CLI {
class App;
}

/// Which data a command reads.
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

/// The topic of a notice of options that have nothing to act on.
inline constexpr const char* kIdleOptions = "options without effect here";

/// Whether a path ends as FASTA files do: .fa, .fasta, .fna or .fas, compressed or not.
bool is_fasta(const std::string& path);

/// Where sequences and places come from.
void add_source_options(CLI::App& command, SourceOptions& options);
/// What labels them, of verbs that want labels.
void add_label_options(CLI::App& command, SourceOptions& options);
/// --signal and --control, of verbs that run a model. `use` says in the help what a model does with signals.
void add_signal_options(CLI::App& command, SourceOptions& options, const std::string& use);

/// Reads all examples of the source with the signals that the model reads and is trained towards. The model's length is
/// used where the options leave the length open and the source does not say it (a genome). Errors are those of the
/// readers, and invalid_argument for options that do not go together. Options that have nothing to act on are said.
Examples read_source(const SourceOptions& options, const ModelSpec& model, Notices& notices);

/// Those to predict for: without labels where they come from a genome, and with the signals that the model reads alone.
Examples read_unlabelled(const SourceOptions& options, const ModelSpec& model, Notices& notices);

/// Whether the examples are windows of a genome.
bool is_along_genome(const SourceOptions& options, const ModelSpec& model);
/// The genome of the options. For a model that reads no DNA it may be left out: then it is the contigs that `sizes`
/// names or else those of the first signal, which must be bigWig, without their bases. Error (invalid_argument) where
/// none of them is given.
std::shared_ptr<const Genome> genome_for(const SourceOptions& options, const ModelSpec& model);
/// The places on the genome that the options name.
PlaceOptions places(const SourceOptions& options);
/// The signals of the options that the model reads and, where `targets`, is trained towards. Throws as read_signals().
SignalSet signals_for(const SourceOptions& options, const ModelSpec& model, const Genome& genome, bool targets,
                      Notices& notices);

/// Whether some output is trained towards labels, not a signal.
bool learns_labels(const ModelSpec& spec);
/// Error (input_file) naming file and line where the model learns labels and there are none, and of the first label
/// that is neither 0, 1 nor missing where its loss takes classes; (invalid_argument) for labels that it has no use for.
void require_labels_for(const ModelSpec& spec, const Examples& examples);
/// Error (input_file) naming the first example where the examples have another length than the model.
void require_length(std::int64_t length, const Examples& examples);

/// Every file that the options name.
std::vector<std::string> input_files(const SourceOptions& source);

}  // namespace genocuda::apps
