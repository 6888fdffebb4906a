// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "genomics/notices.h"
#include "learn/model/model_spec.h"

namespace CLI {
class App;
}

/// Which data a command reads, and how they are divided.
namespace genocuda::apps {

/// The options of a source of examples. One of three is given: a genome with peaks, sequences in a table or FASTA file
/// (with peaks where they have places), or positives and negatives in FASTA files.
struct SourceOptions {
  std::string genome;
  std::vector<std::string> peaks;
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

/// The parts of a data set; a part that was not asked for is empty.
struct DataSet {
  Examples train, valid, test;
};

/// How a data set is divided: each of valid and test is a file like the source, a list of chromosomes, or a share such
/// as 0.1 that is drawn at random.
struct SplitOptions {
  std::vector<std::string> train, valid, test;
  std::string folds;  ///< JSON: {"train": [chromosomes], "valid": [...], "test": [...]}
};

/// Whether a path ends as FASTA files do: .fa, .fasta, .fna or .fas, compressed or not.
bool is_fasta(const std::string& path);

void add_source_options(CLI::App& command, SourceOptions& options);
void add_split_options(CLI::App& command, SplitOptions& options);

/// Reads all examples of the source. `length` is the model's, used where the options leave the length open and the
/// source does not say it (a genome). Errors are those of the readers, and invalid_argument for options that do not go
/// together.
Examples read_source(const SourceOptions& options, std::int64_t length, Notices& notices);

/// Reads and divides. An empty part that was asked for is an Error.
DataSet read_data_set(const SourceOptions& source, const SplitOptions& split, std::int64_t length, Notices& notices);

/// The examples that `which` names: all where it is empty, those of a list of chromosomes, or those of another file.
Examples read_part(const SourceOptions& source, const std::vector<std::string>& which, std::int64_t length,
                   Notices& notices);

/// A window of `length` bases round the summit or middle of each interval of a BED file, without labels, in its order.
Examples read_regions(const std::string& genome, const std::string& bed, std::int64_t length, Notices& notices);

/// Error (input_file) naming file and line where there are no labels, and of the first label that is neither 0, 1 nor
/// missing where the model's loss takes classes.
void require_labels_for(const ModelSpec& spec, const Examples& examples);
/// Error (input_file) naming the first example where the examples have another length than the model.
void require_length(std::int64_t length, const Examples& examples);

/// Every file that the options name.
std::vector<std::string> input_files(const SourceOptions& source, const SplitOptions& split);

}  // namespace genocuda::apps
