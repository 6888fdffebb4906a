// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "genomics/markov.h"
#include "genomics/motif.h"
#include "genomics/packed_sequence.h"

/// Simulated regulatory sequences: what makes a sequence a positive is known exactly.
namespace genocuda {

enum class Grammar {
  density,      ///< copies of one motif: positives have more of them than negatives. 1 against 0: a single motif
  combination,  ///< several motifs: positives have all of them, negatives some or none
  spacing,  ///< several motifs in both: in positives in order and at distances that the grammar says, in negatives not
};

/// Whole numbers from `least` to `most`, each as likely.
struct CountRange {
  std::int64_t least = 0, most = 0;
  bool holds(std::int64_t count) const { return least <= count && count <= most; }
};

struct SimulationSettings {
  Grammar grammar = Grammar::density;
  std::int64_t length = 200;
  double positives = 0.5;            ///< share of the sequences
  CountRange copies{1, 1};           ///< of the motif in positives, for Grammar::density
  CountRange negative_copies{0, 0};  ///< and in negatives
  CountRange gap{0, 10};             ///< bases between neighbouring motifs, for Grammar::spacing
  bool any_order = false;            ///< Grammar::spacing without a say on the order
  bool both_strands = true;          ///< motifs stand on either strand; a spaced row of motifs turns as a whole
  std::uint64_t seed = 1;
};

/// Where a site of a motif was put, and on which strand it reads.
struct EmbeddedSite {
  std::int32_t motif = 0;
  std::int64_t start = 0;
  Strand strand = Strand::forward;
};

struct SimulatedSequence {
  std::vector<std::uint8_t> codes;
  bool positive = false;
  std::vector<EmbeddedSite> sites;  ///< by start
};

/// Draws sequences. Each is a function of the settings and its number alone. Sites are drawn from the motifs'
/// probabilities and do not overlap; what looks like a site in the background by chance stays.
class Simulator {
 public:
  /// Error (invalid_argument) where the number of motifs does not suit the grammar, a range is empty or below 0,
  /// positives cannot be told from negatives, or the motifs do not fit into the length.
  Simulator(std::vector<Motif> motifs, MarkovChain background, const SimulationSettings& settings);

  /// Positives and negatives take turns as their share asks for.
  SimulatedSequence draw(std::int64_t number) const;

 private:
  std::vector<EmbeddedSite> arrange(bool positive, philox::Generator& random) const;
  std::vector<EmbeddedSite> scattered(std::vector<std::int32_t> motifs, philox::Generator& random) const;
  std::vector<EmbeddedSite> spaced(philox::Generator& random) const;
  bool obeys(const std::vector<EmbeddedSite>& sites) const;
  std::int64_t width(std::int32_t motif) const { return static_cast<std::int64_t>(pwms_[motif].size()); }
  void require_fit(std::int64_t bases) const;

  std::vector<std::vector<BaseNumbers>> pwms_;
  MarkovChain background_;
  SimulationSettings settings_;
};

}  // namespace genocuda
