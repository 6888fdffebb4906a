// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dna.h"

namespace genocuda {

/// A number for each base, in the order A, C, G, T.
using BaseNumbers = std::array<double, dna::kBases>;

/// Probabilities of the bases outside motifs; they sum to 1.
inline constexpr BaseNumbers kUniformBackground{0.25, 0.25, 0.25, 0.25};

/// A motif as a position frequency matrix: how often each base was seen at each position of the aligned sites.
struct Motif {
  std::string id;    ///< "MA0139.1"
  std::string name;  ///< "CTCF"; "" where the file gives none
  std::vector<BaseNumbers> counts;
  /// Sites that the counts come from; 0 where only frequencies are known. Counts then sum to kAssumedSites.
  double sites = 0;

  std::int64_t width() const { return static_cast<std::int64_t>(counts.size()); }
};

/// What the MEME format takes the number of sites for where a file does not say it.
inline constexpr double kAssumedSites = 20;

/// The pseudocount that did best over many motifs (Nishida, Frith, Nakai 2009, Nucleic Acids Research 37, 939).
inline constexpr double kPseudocount = 0.8;

/// Counts the bases of aligned sites, which are letters, equally long; an unknown base counts for none. Error
/// (invalid_argument) where there is no site, lengths differ, a letter is no base or a column has unknown bases alone.
Motif motif_from_sites(std::span<const std::string> sites, std::string id);

/// The other strand's motif.
Motif reverse_complement(Motif motif);

/// The position weight matrix: (count + pseudocount · background) / (total + pseudocount). Rows sum to 1.
std::vector<BaseNumbers> probabilities(const Motif& motif, double pseudocount = 0,
                                       const BaseNumbers& background = kUniformBackground);

/// The position-specific scoring matrix in bits: log2(probability / background), the probabilities with the
/// pseudocount. Error (invalid_argument) where a pseudocount of 0 leaves a probability of 0, or a background is 0.
std::vector<BaseNumbers> log_odds(const Motif& motif, double pseudocount = kPseudocount,
                                  const BaseNumbers& background = kUniformBackground);

/// The small-sample correction e(n) = (4 − 1) / (2 ln 2 · n), in bits, of n sites (Schneider, Stormo, Gold, Ehrenfeucht
/// 1986, J. Mol. Biol. 188, 415); 0 where n is 0, that is, not known.
double small_sample_correction(double sites);

/// The information of each position in bits, R = 2 − (H + e(n)), not below 0 (Schneider, Stephens 1990, Nucleic Acids
/// Research 18, 6097). `corrected` false leaves e(n) out.
std::vector<double> information(const Motif& motif, bool corrected = true);

/// The consensus in IUPAC letters by Cavener's rule (1987, Nucleic Acids Research 15, 1353): a base of more than half
/// the sites and more than twice the next one's; else two bases of more than three quarters together; else N.
std::string consensus(const Motif& motif);

}  // namespace genocuda
