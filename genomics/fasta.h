// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "genomics/line_reader.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

struct FastaRecord {
  std::string name;         ///< the first word of the header
  std::string description;  ///< the rest of the header, without the space between
  PackedSequence sequence;
  std::int64_t line = 0;  ///< of the header
};

/// Reads FASTA record by record. Lower case counts as upper case, ambiguity codes as N; blank lines are skipped.
class FastaReader {
 public:
  /// Reads from `lines`, which must outlive the reader.
  explicit FastaReader(LineReader& lines) : lines_(lines) {}

  /// The next record; false at the end. Error (input_file) naming file and line for text before the first '>', a header
  /// without a name, a record without bases, a letter that is no base, and a file that holds no record at all.
  bool next(FastaRecord& record);

 private:
  void append(std::string_view line, FastaRecord& record);

  LineReader& lines_;
  std::string header_;  // of the record to come
  std::int64_t header_line_ = 0;
};

}  // namespace genocuda
