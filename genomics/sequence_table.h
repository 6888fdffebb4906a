// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/examples.h"
#include "genomics/line_reader.h"

namespace genocuda {

struct SequenceTableOptions {
  /// Window length. 0: that of the sequences, which must all be equally long. Otherwise longer sequences are cropped
  /// and shorter ones padded with unknown bases, on both sides alike (the odd base goes to the end).
  std::int64_t length = 0;
  std::vector<std::string> tasks;  ///< columns to take as tasks; empty: every column without another meaning
};

/// Reads a table of sequences: CSV or TSV (told by the header; plain, gzip or bgzip), fields quoted or not. The header
/// names the columns, in any case: `sequence` (or `seq`), optionally `name` (or `id`), and `chrom` (or `chr`,
/// `chromosome`), `start`, `end`, `strand` (0-based, half-open); every other column is a task. A label is a number;
/// empty, NA and nan are missing.
///
/// Error (input_file) naming file and line for a missing or truncated file, no `sequence` column or no rows, a row of
/// another number of columns, an empty sequence, a letter that is no base, a label that is no finite number, lengths
/// that differ.
Examples read_sequence_table(const std::string& path, const SequenceTableOptions& options = {});
Examples read_sequence_table(LineReader& lines, const SequenceTableOptions& options = {});

}  // namespace genocuda
