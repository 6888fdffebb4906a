// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "genomics/examples.h"

namespace genocuda {

/// Where a sequence lies, 0-based and half-open.
struct Place {
  std::string chromosome;
  std::int64_t start = 0, end = 0;
  Strand strand = Strand::forward;
  friend bool operator==(const Place&, const Place&) = default;
};

/// Makes Examples of sequences that come one by one from a table or FASTA file: each a contig without a name, its
/// window the whole of it, or its middle where windows of another length are asked for.
class SequenceSet {
 public:
  /// `length` is that of the windows; 0: that of the first sequence, which all others must have too.
  SequenceSet(std::string file, std::int64_t length, std::vector<std::string> tasks);

  /// Adds an example read from `line` of the file; an empty name stands for none. Error (input_file) naming file and
  /// line where the sequence is empty or of another length than the first.
  void add(PackedSequence sequence, std::string name, const std::optional<Place>& place, std::span<const float> labels,
           std::int64_t line);

  std::int64_t size() const { return examples_.size(); }

  /// The examples; the set is empty afterwards.
  Examples finish();

 private:
  Examples examples_;
  std::shared_ptr<Genome> genome_;
  std::unordered_map<std::string, std::int32_t> chromosomes_;
  bool fit_, any_name_ = false, any_place_ = false;
};

}  // namespace genocuda
