// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "apps/data_source.h"

/// How the data of a command are divided.
namespace genocuda::apps {

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

void add_split_options(CLI::App& command, SplitOptions& options);

/// Reads and divides. An empty part that was asked for is an Error.
DataSet read_data_set(const SourceOptions& source, const SplitOptions& split, const ModelSpec& model, Notices& notices);

/// The examples that `which` names: all where it is empty, else those on a list of chromosomes. Error
/// (invalid_argument) for a share or a file, and for a chromosome that is to be skipped.
Examples read_part(const SourceOptions& source, const std::vector<std::string>& which, const ModelSpec& model,
                   Notices& notices);

/// Error (input_file) where every task has but one class or value among the examples to train on, of which nothing can
/// be learned; where only some have, a notice names them.
void require_labels_that_vary(const SourceOptions& source, const Examples& train, Notices& notices);

/// Every file that the options name.
std::vector<std::string> input_files(const SourceOptions& source, const SplitOptions& split);

}  // namespace genocuda::apps
