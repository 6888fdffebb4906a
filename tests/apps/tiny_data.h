// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/apps/cli.h"
#include "tests/support/temporary_folder.h"

/// Small files to train on in a moment.
namespace genocuda::cli {

constexpr int kExamples = 64;
constexpr int kLength = 40;
constexpr const char* kTrain = "train --sequences table.csv --model tiny.toml --threads 1 ";

/// Random bases, the same for the same seed.
std::string bases(int length, unsigned seed);
std::string reverse_complement(std::string_view sequence);

/// kExamples rows, every other one a positive of task "bound" with a motif in it.
std::string table(unsigned seed = 1, int length = kLength);
/// One convolution; 137 parameters on the table.
std::string model_file();
/// `records` sequences with the motif, p1, p2, ...
std::string fasta(int records, unsigned seed = 1);
/// Contigs chr1 to chr4 of 4000 bases.
std::string genome();
/// Peaks of 200 bases on them: 6, 5, 4 and 3.
std::string peaks();
std::string gzip(const TemporaryFolder& folder, std::string_view text);

/// A folder with table.csv, tiny.toml, genome.fa and peaks.bed.
class TinyFolder : public TemporaryFolder {
 public:
  TinyFolder();
  Result run(const std::string& arguments, const Options& options = {}) const;
  /// run(kTrain + arguments), which must succeed.
  Result train(const std::string& arguments) const;
  bool exists(const std::string& name) const;
};

std::vector<std::string> lines(std::string_view text);
std::vector<std::string> columns(std::string_view row);  ///< of a TSV

/// How many examples the run said it had.
struct Counts {
  int train = -1, valid = -1, test = -1;
  bool operator==(const Counts&) const = default;
};
Counts counts(const std::string& err);

/// metrics.jsonl without the one figure that differs from run to run.
std::string without_speed(const std::string& metrics);

}  // namespace genocuda::cli
