// SPDX-License-Identifier: Apache-2.0
#include "apps/input_sequences.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>

#include "apps/data_source.h"
#include "core/error.h"
#include "genomics/bed.h"
#include "genomics/genome.h"
#include "genomics/sequence_table.h"

namespace genocuda::apps {

void add_sequence_options(CLI::App& command, SequenceOptions& options) {
  const auto add = [&](const std::string& name, std::string& value, const std::string& help) {
    command.add_option(name, value, help)->group("Data");
  };
  add("-g,--genome", options.genome, "FASTA of a genome (plain, gzip or bgzip)");
  add("--regions", options.regions, "BED of the parts of --genome to look at (default: all of it)");
  add("--sequences", options.sequences, "FASTA, or CSV or TSV with a column 'sequence'");
}

InputSequences::InputSequences(const SequenceOptions& options, Notices& notices) {
  if (options.genome.empty() == options.sequences.empty()) {
    throw Error(ErrorKind::invalid_argument, "give --genome FASTA or --sequences FILE{}",
                options.genome.empty() ? "" : ", not both");
  }
  if (!options.regions.empty() && options.genome.empty()) {
    throw Error(ErrorKind::invalid_argument, "--regions are parts of a --genome");
  }
  path_ = options.genome.empty() ? options.sequences : options.genome;
  if (!options.genome.empty() || is_fasta(path_)) {
    read_genome_or_fasta(path_, options.regions, notices);
  } else {
    read_table(path_);
  }
}

void InputSequences::read_genome_or_fasta(const std::string& path, const std::string& bed, Notices& notices) {
  genome_ = std::make_shared<const Genome>(read_genome(path));
  if (bed.empty()) {
    for (std::int32_t contig = 0; contig < genome_->size(); ++contig) {
      add(genome_->sequence(contig), 0, genome_->length(contig), {genome_->name(contig), 0, false});
    }
    return;
  }
  for (const BedInterval& interval : intervals_on(*genome_, read_bed(bed), &notices)) {
    add(genome_->sequence(interval.contig), interval.start, interval.end - interval.start,
        {genome_->name(interval.contig), interval.start, true});
  }
}

void InputSequences::read_table(const std::string& path) {
  const Examples examples = read_sequence_table(path);
  genome_ = examples.genome;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const Window& window = examples.windows[static_cast<std::size_t>(i)];
    add(genome_->sequence(window.contig), window.start, examples.length, {examples.name(i), 0, false});
  }
}

void InputSequences::add(const PackedSequence& sequence, std::int64_t start, std::int64_t length, Origin origin) {
  regions_.push_back({&sequence, start, length});
  origins_.push_back(std::move(origin));
  total_length_ += length;
}

std::string InputSequences::name(std::int64_t region) const {
  const Origin& origin = origins_[static_cast<std::size_t>(region)];
  if (!origin.part) return origin.name;
  return fmt::format("{}:{}-{}", origin.name, origin.start,
                     origin.start + regions_[static_cast<std::size_t>(region)].length);
}

std::pair<std::string, std::int64_t> InputSequences::place(std::int64_t region, std::int64_t position) const {
  const Origin& origin = origins_[static_cast<std::size_t>(region)];
  return {origin.name, origin.start + position};
}

BaseNumbers InputSequences::background() const {
  std::array<std::int64_t, dna::kBases + 1> counts{};
  for (const SequenceRegion& region : regions_) {
    for (std::int64_t i = 0; i < region.length; ++i) ++counts[region.sequence->code(region.start + i)];
  }
  const auto weak = static_cast<double>(counts[0] + counts[3]), strong = static_cast<double>(counts[1] + counts[2]);
  if (!(weak > 0) || !(strong > 0)) {
    throw Error(ErrorKind::input_file,
                "{}: not all bases occur, so the sequences give no background: give one by "
                "numbers",
                path_);
  }
  const double at = weak / (weak + strong) / 2, cg = strong / (weak + strong) / 2;
  return {at, cg, cg, at};
}

}  // namespace genocuda::apps
