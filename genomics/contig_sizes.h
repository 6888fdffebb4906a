// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genomics/contig_names.h"
#include "genomics/genome.h"

namespace genocuda {

/// The contigs of an assembly without their sequences: what a signal along them needs to know.
struct ContigSizes {
  std::string source;  ///< the file they come from, for messages
  ContigNames names;
  std::vector<std::int64_t> lengths;

  std::int32_t size() const { return names.size(); }
  std::int64_t length(std::int32_t contig) const { return lengths[static_cast<std::size_t>(contig)]; }
  std::int64_t total_length() const;

  /// Adds a contig and returns its number. Error (invalid_argument) for a name that is there already.
  std::int32_t add(std::string name, std::int64_t length);
};

/// Reads names and lengths, the first two columns of a chrom.sizes file or of a FASTA index (.fai). Error (input_file)
/// naming file and line for a line without them, a length that is no whole number above 0, a name that comes twice, or
/// a file without any.
ContigSizes read_contig_sizes(const std::string& path);

/// Those of the contigs of a genome.
ContigSizes contig_sizes_of(const Genome& genome);

/// A genome of these contigs without their bases (Genome::add_unknown), for models that read signals alone.
Genome genome_of(const ContigSizes& sizes);

}  // namespace genocuda
