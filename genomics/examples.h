// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genomics/genome.h"
#include "genomics/label_matrix.h"
#include "genomics/packed_sequence.h"

namespace genocuda {

/// The bases [start, start + Examples::length) of a contig, read from a strand. Start may be negative and the end may
/// lie past the contig: such positions are unknown bases. Jitter is addition to `start`; the reverse complement is the
/// other strand.
struct Window {
  std::int32_t contig = 0;
  Strand strand = Strand::forward;
  std::int64_t start = 0;

  Window shifted(std::int64_t bases) const { return {contig, strand, start + bases}; }
  Window flipped() const { return {contig, opposite(strand), start}; }
  /// Of a window of `length` bases the `bases` in its middle. Where as many cannot be left out on both sides, the one
  /// more goes from the end that is read last: the middles of a window and its flip are then a base apart.
  Window middle(std::int64_t length, std::int64_t bases) const {
    const std::int64_t left_out = length - bases;
    return shifted(strand == Strand::forward ? left_out / 2 : left_out - left_out / 2);
  }
  friend bool operator==(const Window&, const Window&) = default;
};

/// Where on its chromosome an example lies, 0-based and half-open; chromosome is an index of Examples::chromosomes, or
/// -1 where the place is not known.
struct Locus {
  std::int32_t chromosome = -1;
  Strand strand = Strand::forward;
  std::int64_t start = 0, end = 0;

  bool known() const { return chromosome >= 0; }
  friend bool operator==(const Locus&, const Locus&) = default;
};

/// The line of the file that an example was read from; file is an index of Examples::files, or -1.
struct Origin {
  std::int32_t file = -1;
  std::int64_t line = 0;
};

class Tracks;
/// Signals of a genome (genomics/tracks.h) by the names under which models ask for them.
using SignalSet = std::map<std::string, std::shared_ptr<const Tracks>, std::less<>>;

/// Labelled windows of DNA: the one form in which every source (genome and peaks, sequence table, FASTA files) reaches
/// training, evaluation and prediction. Sequences of a table or FASTA file are contigs without names of their own
/// `genome`. The packed genome is shared; everything else is small, so that subsets are cheap.
struct Examples {
  std::shared_ptr<const Genome> genome;
  SignalSet signals;        ///< along `genome`: what a model reads beside DNA, or is trained towards
  std::int64_t length = 0;  ///< bases in every window
  std::vector<Window> windows;

  std::vector<std::string> tasks;
  LabelMatrix labels;  ///< windows x tasks; no rows where `tasks` is empty

  std::vector<std::string> names;  ///< one each ("" for none), or empty

  /// Places on chromosomes of sequences that are no windows of a genome (from FASTA headers or chrom/start/end
  /// columns): one each, or empty where `genome` has named contigs, whose windows are places themselves, or where no
  /// place is known.
  std::vector<std::string> chromosomes;
  std::vector<Locus> loci;

  std::vector<std::string> files;
  std::vector<Origin> origins;  ///< one each, or empty

  std::int64_t size() const { return static_cast<std::int64_t>(windows.size()); }
  std::int64_t task_count() const { return static_cast<std::int64_t>(tasks.size()); }

  /// The name given, else "chr1:100-300(+)" (0-based, half-open), else "sequence 12".
  std::string name(std::int64_t example) const;
  /// Where the example lies, by the names of chromosome_names(); see Locus::known().
  Locus locus(std::int64_t example) const;
  /// The name of the chromosome, "" where it is not known.
  std::string_view chromosome(std::int64_t example) const;
  /// All chromosomes that locus() may refer to.
  std::vector<std::string> chromosome_names() const;
  /// "peaks.csv line 12" for messages, or the example's name.
  std::string origin(std::int64_t example) const;
};

/// Writes the windows as dna rows: [windows.size(), dna::row_words(length)] words.
void pack_windows(const Genome& genome, std::span<const Window> windows, std::int64_t length, std::uint32_t* rows);

/// Writes the windows of some examples as dna rows: [indices.size(), dna::row_words(examples.length)] words.
void pack_examples(const Examples& examples, std::span<const std::int64_t> indices, std::uint32_t* rows);

/// Writes the labels of some examples: [indices.size(), tasks] floats, NaN where missing.
void pack_labels(const Examples& examples, std::span<const std::int64_t> indices, float* labels);

/// The examples of these indices, in this order.
Examples subset(const Examples& examples, std::span<const std::int64_t> indices);

/// The examples of `a` and then those of `b`, which must have the same length and tasks (else Error, invalid_argument).
/// Where the genomes are not one and the same object, their contigs are copied into a new one, which
/// those with signals refuse (invalid_argument).
Examples concatenate(const Examples& a, const Examples& b);

/// Error (input_file) naming file, line and task of the first label that is neither 0, 1 nor missing.
void require_binary(const Examples& examples);

/// The tasks from which nothing can be learned or scored: all labels of one class or value, or missing.
std::vector<std::string> constant_tasks(const Examples& examples);

}  // namespace genocuda
