// SPDX-License-Identifier: Apache-2.0
#include "genomics/motif.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

constexpr double kBitsOfABase = 2;

double total(const BaseNumbers& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0.0); }

/// The letter of two bases, by the sum of their bits 1 << code.
constexpr std::array<char, 16> kPairLetters{'?', '?', '?', 'M', '?', 'R', 'S', '?', '?', 'W', 'Y', '?', 'K'};

}  // namespace

Motif motif_from_sites(std::span<const std::string> sites, std::string id) {
  if (sites.empty()) throw Error(ErrorKind::invalid_argument, "{}: no site to make a motif of", id);
  Motif motif{std::move(id), "", std::vector<BaseNumbers>(sites[0].size()), static_cast<double>(sites.size())};
  for (std::size_t site = 0; site < sites.size(); ++site) {
    if (sites[site].size() != sites[0].size()) {
      throw Error(ErrorKind::invalid_argument, "{}: site {} has {} bases, the first has {}; aligned sites are as long",
                  motif.id, site + 1, sites[site].size(), sites[0].size());
    }
    for (std::size_t i = 0; i < sites[site].size(); ++i) {
      const std::uint8_t code = dna::code_of(sites[site][i]);
      if (code == dna::kNotABase) {
        throw Error(ErrorKind::invalid_argument, "{}: {} in site {} is no base", motif.id,
                    quoted(sites[site].substr(i, 1)), site + 1);
      }
      if (code < dna::kBases) motif.counts[i][code] += 1;
    }
  }
  for (std::size_t i = 0; i < motif.counts.size(); ++i) {
    if (total(motif.counts[i]) == 0) {
      throw Error(ErrorKind::invalid_argument, "{}: no site has a known base at position {}", motif.id, i + 1);
    }
  }
  return motif;
}

Motif reverse_complement(Motif motif) {
  std::ranges::reverse(motif.counts);
  for (BaseNumbers& column : motif.counts) std::ranges::reverse(column);  // the complement of code c is 3 − c
  return motif;
}

std::vector<BaseNumbers> probabilities(const Motif& motif, double pseudocount, const BaseNumbers& background) {
  std::vector<BaseNumbers> columns = motif.counts;
  for (BaseNumbers& column : columns) {
    const double whole = total(column) + pseudocount;
    for (int base = 0; base < dna::kBases; ++base) {
      column[base] = (column[base] + pseudocount * background[base]) / whole;
    }
  }
  return columns;
}

std::vector<BaseNumbers> log_odds(const Motif& motif, double pseudocount, const BaseNumbers& background) {
  std::vector<BaseNumbers> columns = probabilities(motif, pseudocount, background);
  for (BaseNumbers& column : columns) {
    for (int base = 0; base < dna::kBases; ++base) {
      if (!(background[base] > 0)) {
        throw Error(ErrorKind::invalid_argument, "the background of {} is {}; log odds need it above 0",
                    dna::kLetters[base], background[base]);
      }
      if (!(column[base] > 0)) {
        throw Error(ErrorKind::invalid_argument,
                    "motif '{}' has a probability of 0, whose logarithm is no number; use a pseudocount above 0",
                    motif.id);
      }
      column[base] = std::log2(column[base] / background[base]);
    }
  }
  return columns;
}

double small_sample_correction(double sites) { return sites > 0 ? (dna::kBases - 1) / (2 * std::log(2.0) * sites) : 0; }

std::vector<double> information(const Motif& motif, bool corrected) {
  std::vector<double> bits;
  for (const BaseNumbers& column : probabilities(motif)) {
    double entropy = 0;
    for (const double p : column) entropy -= p > 0 ? p * std::log2(p) : 0;
    const double correction = corrected ? small_sample_correction(motif.sites) : 0;
    bits.push_back(std::max(0.0, kBitsOfABase - (entropy + correction)));
  }
  return bits;
}

std::string consensus(const Motif& motif) {
  std::string letters;
  for (const BaseNumbers& column : motif.counts) {
    std::array<int, dna::kBases> order{0, 1, 2, 3};
    std::ranges::stable_sort(order, [&](int a, int b) { return column[a] > column[b]; });
    const double first = column[order[0]], second = column[order[1]], whole = total(column);
    if (first > 0.5 * whole && first > 2 * second) {
      letters += dna::kLetters[order[0]];
    } else if (first + second > 0.75 * whole) {
      letters += kPairLetters[std::size_t{1} << order[0] | std::size_t{1} << order[1]];
    } else {
      letters += 'N';
    }
  }
  return letters;
}

}  // namespace genocuda
