// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "genomics/contig_names.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

/// Regions of a FASTA file, plain or bgzip, read from disk by its index without holding the whole. Not thread-safe.
/// Turns htslib's own messages off.
class IndexedFasta {
 public:
  /// Opens the file and its index PATH.fai (and PATH.gzi for bgzip), which is made where it is missing. Error
  /// (input_file) where the file is missing, is gzip but not bgzip, or the index cannot be read or written.
  explicit IndexedFasta(const std::string& path);
  ~IndexedFasta();
  IndexedFasta(IndexedFasta&&) noexcept;
  IndexedFasta& operator=(IndexedFasta&&) noexcept;

  const ContigNames& names() const { return names_; }
  std::int64_t length(std::int32_t contig) const;

  /// The bases [start, start + length) of a contig. Error (input_file) where they do not all lie on it or cannot be
  /// read.
  PackedSequence fetch(std::int32_t contig, std::int64_t start, std::int64_t length) const;

 private:
  struct Index;
  std::string path_;
  std::unique_ptr<Index> index_;
  ContigNames names_;
};

}  // namespace genocuda
