// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "genomics/examples.h"
#include "genomics/line_reader.h"
#include "genomics/notices.h"
#include "genomics/sequence_set.h"

namespace genocuda {

struct FastaExamplesOptions {
  std::int64_t length = 0;        ///< as SequenceTableOptions::length
  bool drop_repeats = false;      ///< keep only the first of the records with the same place and strand
  std::string task = "positive";  ///< of read_positives_and_negatives() and with_shuffles()
};

/// The place that a FASTA header names as `chr1:100-200` in one of its words, `(+)` or `(-)` after it or not. Whether
/// the numbers are 0-based half-open (bedtools) or 1-based inclusive (UCSC, samtools) follows from the length of the
/// sequence; nothing where they fit neither way. In UCSC's files of upstream regions the strand is the end of the name
/// (`NM_1_up_2000_chr2L_500_r`).
std::optional<Place> place_in_header(std::string_view name, std::string_view description, std::int64_t bases);

/// Reads the records of a FASTA file as examples without tasks, their places taken from the headers. Error (input_file)
/// as FastaReader and SequenceSet::add() throw; places that do not fit and repeats dropped are said to `notices`.
Examples read_fasta_examples(const std::string& path, const FastaExamplesOptions& options = {},
                             Notices* notices = nullptr);
Examples read_fasta_examples(LineReader& lines, const FastaExamplesOptions& options = {}, Notices* notices = nullptr);

/// One task: 1 for the records of the first file, 0 for those of the second, whose windows are as long as the first's.
Examples read_positives_and_negatives(const std::string& positives, const std::string& negatives,
                                      const FastaExamplesOptions& options = {}, Notices* notices = nullptr);

/// One task: 1 for the examples given and 0 for `copies` dinucleotide shuffles of each, which lie where their originals
/// lie, so that a split by chromosome keeps them together. Tasks of `positives` are replaced. The same seed gives the
/// same shuffles.
Examples with_shuffles(const Examples& positives, std::int64_t copies, std::uint64_t seed,
                       const std::string& task = "positive");

}  // namespace genocuda
