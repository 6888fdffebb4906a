// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "genomics/examples.h"
#include "genomics/motif.h"
#include "genomics/notices.h"
#include "genomics/sequence_region.h"

namespace CLI {
class App;
}

namespace genocuda::apps {

/// Sequences without labels, of any lengths: a genome, whole or in regions, or a table or FASTA file.
struct SequenceOptions {
  std::string genome, regions, sequences;
};

void add_sequence_options(CLI::App& command, SequenceOptions& options);

/// The sequences that a command goes through, in the order of their file.
class InputSequences {
 public:
  /// Errors are those of the readers, and invalid_argument where not exactly one source is given.
  InputSequences(const SequenceOptions& options, Notices& notices);

  std::span<const SequenceRegion> regions() const { return regions_; }
  std::int64_t total_length() const { return total_length_; }

  /// The name for people of a whole region: "chr1:100-300" of part of a contig, else the sequence's name.
  std::string name(std::int64_t region) const;
  /// The contig and the position on it, or the sequence's name and the position in it.
  std::pair<std::string, std::int64_t> place(std::int64_t region, std::int64_t position) const;

  /// The shares of the bases over both strands. Error (input_file) where one of them does not occur.
  BaseNumbers background() const;

 private:
  struct Origin {
    std::string name;
    std::int64_t start;  ///< of the region on what the name stands for
    bool part;
  };
  void add(const PackedSequence& sequence, std::int64_t start, std::int64_t length, Origin origin);
  void read_genome_or_fasta(const std::string& path, const std::string& bed, Notices& notices);
  void read_table(const std::string& path);

  std::string path_;
  std::shared_ptr<const Genome> genome_;
  std::vector<SequenceRegion> regions_;
  std::vector<Origin> origins_;
  std::int64_t total_length_ = 0;
};

}  // namespace genocuda::apps
