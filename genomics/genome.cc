// SPDX-License-Identifier: Apache-2.0
#include "genomics/genome.h"

#include <utility>

#include "core/error.h"
#include "genomics/fasta.h"

namespace genocuda {

std::int32_t Genome::add(std::string name, PackedSequence sequence) {
  const std::int32_t contig = names_.add(std::move(name));
  total_length_ += sequence.size();
  lengths_.push_back(sequence.size());
  sequences_.push_back(std::move(sequence));
  return contig;
}

std::int32_t Genome::add_unknown(std::string name, std::int64_t length) {
  const std::int32_t contig = add(std::move(name), PackedSequence());
  total_length_ += length;
  lengths_.back() = length;
  return contig;
}

void Genome::append(const Genome& other) {
  for (std::int32_t contig = 0; contig < other.size(); ++contig) {
    add(other.name(contig), other.sequence(contig));
    total_length_ += other.length(contig) - lengths_.back();
    lengths_.back() = other.length(contig);
  }
}

std::int32_t Genome::contig(std::string_view name, Notices* notices) const {
  const std::string names[] = {std::string(name)};
  const std::int32_t contig = names_.match(names, notices).front();
  if (contig < 0) {
    throw Error(ErrorKind::input_file, "contig '{}' is not in {}, which has {}", name,
                source_.empty() ? "the genome" : source_, names_.summary());
  }
  return contig;
}

std::vector<bool> chosen_contigs(const Genome& genome, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip, Notices* notices) {
  std::vector<bool> chosen(static_cast<std::size_t>(genome.size()), only.empty());
  const auto mark = [&](const std::vector<std::string>& names, bool value) {
    const std::vector<std::int32_t> found = genome.names().match(names, notices);
    for (std::size_t i = 0; i < names.size(); ++i) {
      // By way of contig(), for its message.
      const std::int32_t contig = found[i] < 0 ? genome.contig(names[i]) : found[i];
      chosen[static_cast<std::size_t>(contig)] = value;
    }
  };
  mark(only, true);
  mark(skip, false);
  return chosen;
}

Genome read_genome(const std::string& path) {
  LineReader lines(path);
  return read_genome(lines);
}

Genome read_genome(LineReader& lines) {
  Genome genome(lines.name());
  FastaReader reader(lines);
  FastaRecord record;
  while (reader.next(record)) {
    if (genome.names().find(record.name)) {
      throw Error(ErrorKind::input_file, "{} line {}: contig '{}' comes twice; rename or remove one of them",
                  lines.name(), record.line, record.name);
    }
    genome.add(std::move(record.name), std::move(record.sequence));
  }
  return genome;
}

}  // namespace genocuda
