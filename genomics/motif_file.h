// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "genomics/line_reader.h"
#include "genomics/motif.h"

namespace genocuda {

/// A matrix of a file, a row a position, before it is known what its numbers mean.
struct MotifMatrix {
  std::string id, name;
  std::vector<BaseNumbers> rows;
  double sites = 0;       ///< that the file gives; 0: none
  std::int64_t line = 0;  ///< of the header
};

struct MotifMatrices {
  std::string path;
  std::vector<MotifMatrix> matrices;
};

/// Reads a file of motifs, plain or gzip; the format is told by its content:
/// - MEME (minimal motif format and the text that MEME itself writes): `MOTIF` lines and letter-probability matrices;
/// - JASPAR: `>ID NAME` and four rows `A [ 4 19 0 ]`, or the older four rows without letters and brackets;
/// - HOCOMOCO and its like (PCM and PFM): `>ID` and a row of four numbers a position.
/// '#' lines and blank lines are skipped, except in MEME files, where all that is not understood is. In the two last
/// formats a matrix of 4 x 4 numbers without letters is read as the other matrices of the file show; where none does,
/// rows are bases if the columns have equal sums and the rows have not, and otherwise positions.
///
/// Error (input_file) naming file and line for a file that is none of these or holds no motif, a row of another number
/// of columns, a field that is no number, an alphabet other than DNA, a matrix that ends early, an id that comes twice.
MotifMatrices read_motif_matrices(const std::string& path);
MotifMatrices read_motif_matrices(LineReader& lines);

/// The matrices as counts: those that sum to 1 at each position are frequencies. Error (input_file) naming file and
/// line for a number below 0 and a position whose numbers sum to 0.
std::vector<Motif> read_motifs(const std::string& path);
std::vector<Motif> to_motifs(const MotifMatrices& matrices);

/// The motifs called by id or name in `wanted`, in that order; all where it is empty. Error (input_file) naming `path`
/// for one that is not there.
std::vector<Motif> choose_motifs(const std::vector<Motif>& motifs, const std::vector<std::string>& wanted,
                                 const std::string& path);

/// Reads aligned sites, one a line or as FASTA records, as one motif. Error (input_file) naming file and line for sites
/// of different lengths, letters that are no bases, and a file without sites.
Motif read_aligned_sites(const std::string& path, std::string id);

/// How motifs are written. Counts are written with as many digits as it takes to read the same numbers again.
enum class MotifFormat {
  meme,    ///< minimal motif format, version 4: frequencies and nsites
  jaspar,  ///< counts, a row a base, with letters and brackets
  pcm,     ///< HOCOMOCO: counts, a row a position
  pfm,     ///< HOCOMOCO: frequencies, a row a position
};

std::string write_motifs(const std::vector<Motif>& motifs, MotifFormat format,
                         const BaseNumbers& background = kUniformBackground);

}  // namespace genocuda
