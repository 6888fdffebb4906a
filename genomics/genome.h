// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genomics/contig_names.h"
#include "genomics/line_reader.h"
#include "genomics/notices.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

/// Contigs held packed in memory: the chromosomes of a genome, or the sequences of a table or FASTA file, which have no
/// names of their own. Immutable once filled, and then safe to read from many threads.
class Genome {
 public:
  Genome() = default;
  /// `source` is the file the contigs come from, for messages.
  explicit Genome(std::string source) : source_(std::move(source)) {}

  /// Adds a contig and returns its number. Error (invalid_argument) for a name that is there already; contigs without a
  /// name
  /// ("") may be many.
  std::int32_t add(std::string name, PackedSequence sequence);
  /// Adds a contig of which no more than its length is known, for models that read no DNA. It takes no memory: its
  /// sequence() is empty, and every base read from that is unknown.
  std::int32_t add_unknown(std::string name, std::int64_t length);
  /// Adds all contigs of another genome.
  void append(const Genome& other);

  std::int32_t size() const { return names_.size(); }
  /// Bases of all contigs together.
  std::int64_t total_length() const { return total_length_; }
  const std::string& source() const { return source_; }

  const std::string& name(std::int32_t contig) const { return names_[contig]; }
  const ContigNames& names() const { return names_; }
  const PackedSequence& sequence(std::int32_t contig) const { return sequences_[static_cast<std::size_t>(contig)]; }
  std::int64_t length(std::int32_t contig) const { return lengths_[static_cast<std::size_t>(contig)]; }

  /// The contig of this name or alias (see ContigNames); Error (input_file) naming the contig and those there are.
  std::int32_t contig(std::string_view name, Notices* notices = nullptr) const;

 private:
  std::string source_;
  ContigNames names_;
  std::vector<PackedSequence> sequences_;
  std::vector<std::int64_t> lengths_;
  std::int64_t total_length_ = 0;
};

/// Which contigs are wanted: those of `only`, or all where it is empty, but not those of `skip`, all by name or alias.
/// Error (input_file) as contig() throws.
std::vector<bool> chosen_contigs(const Genome& genome, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip, Notices* notices = nullptr);

/// Reads a genome from FASTA: plain, gzip or bgzip; lower case and CRLF are fine. Error (input_file) naming file and
/// line for a missing or truncated file, one without '>' headers or without records, an empty record, a name that comes
/// twice, a letter that is no base.
Genome read_genome(const std::string& path);
Genome read_genome(LineReader& lines);

}  // namespace genocuda
