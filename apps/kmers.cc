// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/command.h"
#include "apps/input_sequences.h"
#include "genomics/kmer_counter.h"
#include "learn/files/atomic_file.h"
#include "learn/files/npz.h"

namespace genocuda::apps {
namespace {

struct KmersOptions {
  SequenceOptions sequences;
  int k = 6;
  bool stranded = false;
  std::string format, out;
};

std::string format_of(const KmersOptions& options) {
  if (!options.format.empty()) return options.format;
  return options.out.ends_with(".npz") ? "npz" : "sparse";
}

const std::string& path_of(const KmersOptions& options) {
  static const std::string kStandardOutput = "/dev/stdout";
  return options.out.empty() ? kStandardOutput : options.out;
}

/// The counts of all words, `words` in the order of the alphabet.
std::vector<std::uint32_t> spread(std::span<const WordCount> counts, std::span<const std::uint32_t> words) {
  std::vector<std::uint32_t> row(words.size());
  auto at = words.begin();
  for (const WordCount& entry : counts) {
    at = std::lower_bound(at, words.end(), entry.word);
    row[static_cast<std::size_t>(at - words.begin())] = entry.count;
  }
  return row;
}

std::vector<std::string> letters_of(const KmerCounter& counter, std::span<const std::uint32_t> words) {
  std::vector<std::string> letters;
  for (const std::uint32_t word : words) letters.push_back(counter.letters(word));
  return letters;
}

std::vector<std::string> names_of(const InputSequences& sequences) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sequences.regions().size(); ++i) {
    names.push_back(sequences.name(static_cast<std::int64_t>(i)));
  }
  return names;
}

/// A row a sequence and word that occurs in it.
void write_sparse(const InputSequences& sequences, KmerCounter& counter, const std::string& path) {
  AtomicFile file(path);
  file.write("sequence\tkmer\tcount\n");
  for (std::size_t i = 0; i < sequences.regions().size(); ++i) {
    const std::string name = sequences.name(static_cast<std::int64_t>(i));
    std::string text;
    for (const auto& [word, count] : counter.count(sequences.regions()[i])) {
      text += fmt::format("{}\t{}\t{}\n", name, counter.letters(word), count);
    }
    file.write(text);
  }
  file.commit();
}

/// A row a sequence, a column a word.
void write_dense(const InputSequences& sequences, KmerCounter& counter, const std::string& path) {
  const std::vector<std::uint32_t> words = counter.words();
  AtomicFile file(path);
  file.write(fmt::format("sequence\t{}\n", fmt::join(letters_of(counter, words), "\t")));
  for (std::size_t i = 0; i < sequences.regions().size(); ++i) {
    file.write(fmt::format("{}\t{}\n", sequences.name(static_cast<std::int64_t>(i)),
                           fmt::join(spread(counter.count(sequences.regions()[i]), words), "\t")));
  }
  file.commit();
}

/// counts [sequences, words], kmers and names.
void write_npz(const InputSequences& sequences, KmerCounter& counter, const std::string& path) {
  const std::vector<std::uint32_t> words = counter.words();
  NpzWriter file(path);
  const std::int64_t shape[] = {static_cast<std::int64_t>(sequences.regions().size()),
                                static_cast<std::int64_t>(words.size())};
  file.begin("counts", "<u4", shape);
  for (const SequenceRegion& region : sequences.regions()) {
    file.write<std::uint32_t>(spread(counter.count(region), words));
  }
  file.add_texts("kmers", letters_of(counter, words));
  file.add_texts("names", names_of(sequences));
  file.commit();
}

/// The arrays that scipy.sparse.load_npz() takes as a CSR matrix, with kmers and names.
void write_sparse_npz(const InputSequences& sequences, KmerCounter& counter, const std::string& path) {
  const std::vector<std::uint32_t> words = counter.words();
  std::vector<std::uint32_t> data;
  std::vector<std::int32_t> columns;
  std::vector<std::int64_t> rows{0};
  for (const SequenceRegion& region : sequences.regions()) {
    for (const auto& [word, count] : counter.count(region)) {
      data.push_back(count);
      columns.push_back(static_cast<std::int32_t>(std::ranges::lower_bound(words, word) - words.begin()));
    }
    rows.push_back(static_cast<std::int64_t>(data.size()));
  }
  const auto length = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
  const std::int64_t stored[] = {length(data)}, ends[] = {length(rows)}, two[] = {2};
  const std::int64_t shape[] = {length(sequences.regions()), length(words)};
  const std::string format = "csr";
  NpzWriter file(path);
  file.add<char>("format", "|S3", {}, format);
  file.add<std::int64_t>("shape", "<i8", two, shape);
  file.add<std::int64_t>("indptr", "<i8", ends, rows);
  file.add<std::int32_t>("indices", "<i4", stored, columns);
  file.add<std::uint32_t>("data", "<u4", stored, data);
  file.add_texts("kmers", letters_of(counter, words));
  file.add_texts("names", names_of(sequences));
  file.commit();
}

void run(const KmersOptions& options) {
  Notices notices;
  KmerCounter counter(options.k, !options.stranded);
  const InputSequences sequences(options.sequences, notices);
  print_notices(notices);
  const std::string format = format_of(options);
  const auto write = format == "sparse"  ? write_sparse
                     : format == "dense" ? write_dense
                     : format == "npz"   ? write_npz
                                         : write_sparse_npz;
  write(sequences, counter, path_of(options));
}

}  // namespace

void add_kmers(CLI::App& app) {
  CLI::App* command = app.add_subcommand("kmers", "Count the words of k bases in sequences, regions or contigs");
  auto options = std::make_shared<KmersOptions>();
  command->add_option("-k", options->k, "bases of a word")
      ->check(CLI::Range(1, kmers::kLongest))
      ->capture_default_str();
  command->add_flag("--stranded", options->stranded,
                    "count a word and its reverse complement apart (default: as one, under the first in the alphabet)");
  add_sequence_options(*command, options->sequences);
  command
      ->add_option("--format", options->format,
                   "sparse (TSV: a row a sequence and word), dense (TSV: a column a word), npz (numpy: counts, kmers, "
                   "names) or sparse-npz (scipy.sparse); default: npz where --out ends so, else sparse")
      ->check(CLI::IsMember({"sparse", "dense", "npz", "sparse-npz"}));
  command->add_option("-o,--out", options->out, "file for the counts (default: standard output)");
  command->footer(
      "Examples:\n"
      "  genocuda kmers -k 6 --sequences peaks.fa -o counts.npz\n"
      "  genocuda kmers -k 3 --stranded -g genome.fa.gz --format dense\n"
      "  genocuda kmers -k 10 -g genome.fa.gz --regions peaks.bed -o counts.tsv");
  command->callback([options] { run(*options); });
}

}  // namespace genocuda::apps
