// SPDX-License-Identifier: Apache-2.0
#include "genomics/simulate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace genocuda {
namespace {

/// Arrangements that a negative of Grammar::spacing is drawn from until one breaks the grammar.
constexpr int kTries = 1000;

std::int64_t draw_between(const CountRange& range, philox::Generator& random) {
  return range.least + random.below(static_cast<std::uint32_t>(range.most - range.least + 1));
}

template <typename T>
void shuffle(std::vector<T>& items, philox::Generator& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[random.below(static_cast<std::uint32_t>(i))]);
  }
}

Strand draw_strand(philox::Generator& random) { return random.below(2) == 0 ? Strand::forward : Strand::reverse; }

void require_range(const CountRange& range, const char* what) {
  constexpr std::int64_t kMost = 1 << 20;
  if (range.least < 0 || range.most < range.least || range.most > kMost) {
    throw Error(ErrorKind::invalid_argument, "{} from {} to {}: the first must not be below 0 nor above the second",
                what, range.least, range.most);
  }
}

}  // namespace

Simulator::Simulator(std::vector<Motif> motifs, MarkovChain background, const SimulationSettings& settings)
    : background_(std::move(background)), settings_(settings) {
  for (const Motif& motif : motifs) pwms_.push_back(probabilities(motif));
  const bool one = settings_.grammar == Grammar::density;
  if (one ? motifs.size() != 1 : motifs.size() < 2) {
    throw Error(ErrorKind::invalid_argument, "{} motif{}, but {}", motifs.size(), motifs.size() == 1 ? "" : "s",
                one ? "copies are of one: choose it" : "this grammar is about two or more");
  }
  require_range(settings_.copies, "copies");
  require_range(settings_.negative_copies, "negative copies");
  require_range(settings_.gap, "a gap");
  std::int64_t bases = 0;
  for (const auto& pwm : pwms_) bases += static_cast<std::int64_t>(pwm.size());
  if (one) {
    if (settings_.negative_copies.most >= settings_.copies.least) {
      throw Error(ErrorKind::invalid_argument,
                  "up to {} copies in negatives and {} or more in positives: nothing tells them apart",
                  settings_.negative_copies.most, settings_.copies.least);
    }
    bases *= settings_.copies.most;
  } else if (settings_.grammar == Grammar::spacing) {
    bases += settings_.gap.most * static_cast<std::int64_t>(motifs.size() - 1);
  }
  require_fit(bases);
}

void Simulator::require_fit(std::int64_t bases) const {
  if (bases > settings_.length) {
    throw Error(ErrorKind::invalid_argument, "motifs and the gaps between them take {} bases, sequences have {}", bases,
                settings_.length);
  }
}

SimulatedSequence Simulator::draw(std::int64_t number) const {
  philox::Generator random(settings_.seed, static_cast<std::uint64_t>(number));
  SimulatedSequence sequence;
  const auto positives_before = [&](std::int64_t n) {
    return std::floor(static_cast<double>(n) * settings_.positives);
  };
  sequence.positive = positives_before(number + 1) > positives_before(number);
  sequence.codes = background_.draw(settings_.length, random);
  sequence.sites = arrange(sequence.positive, random);
  for (const EmbeddedSite& site : sequence.sites) {
    const std::vector<BaseNumbers>& pwm = pwms_[site.motif];
    for (std::int64_t i = 0; i < width(site.motif); ++i) {
      const std::uint8_t base = draw_base(pwm[i], random);
      const bool forward = site.strand == Strand::forward;
      sequence.codes[forward ? site.start + i : site.start + width(site.motif) - 1 - i] =
          forward ? base : dna::complement(base);
    }
  }
  return sequence;
}

std::vector<EmbeddedSite> Simulator::arrange(bool positive, philox::Generator& random) const {
  std::vector<std::int32_t> all(pwms_.size());
  std::iota(all.begin(), all.end(), 0);
  switch (settings_.grammar) {
    case Grammar::density: {
      const std::int64_t copies = draw_between(positive ? settings_.copies : settings_.negative_copies, random);
      return scattered(std::vector<std::int32_t>(static_cast<std::size_t>(copies), 0), random);
    }
    case Grammar::combination: {
      if (positive) return scattered(all, random);
      std::vector<std::int32_t> some;
      do {
        some.clear();
        std::ranges::copy_if(all, std::back_inserter(some), [&](std::int32_t) { return random.below(2) == 0; });
      } while (some.size() == all.size());
      return scattered(some, random);
    }
    case Grammar::spacing: {
      std::vector<EmbeddedSite> sites;
      if (positive) {
        sites = spaced(random);
      } else {
        int tries = 0;
        do {
          if (++tries > kTries) {
            throw Error(
                ErrorKind::invalid_argument,
                "in sequences of {} bases nearly every arrangement has gaps of {} to {}: there are no negatives",
                settings_.length, settings_.gap.least, settings_.gap.most);
          }
          sites = scattered(all, random);
          for (EmbeddedSite& site : sites) site.strand = Strand::forward;
        } while (obeys(sites));
      }
      if (settings_.both_strands && draw_strand(random) == Strand::reverse) {
        for (EmbeddedSite& site : sites) {
          site = {site.motif, settings_.length - site.start - width(site.motif), Strand::reverse};
        }
        std::ranges::reverse(sites);
      }
      return sites;
    }
  }
  throw Error(ErrorKind::internal, "unknown grammar");
}

/// Anywhere, in any order, without overlap: every way to share the free bases out between the motifs is as likely.
std::vector<EmbeddedSite> Simulator::scattered(std::vector<std::int32_t> motifs, philox::Generator& random) const {
  shuffle(motifs, random);
  std::int64_t free_bases = settings_.length;
  for (const std::int32_t motif : motifs) free_bases -= width(motif);
  const CountRange offsets{0, free_bases};
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < motifs.size(); ++i) places.push_back(draw_between(offsets, random));
  std::ranges::sort(places);
  std::vector<EmbeddedSite> sites;
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < motifs.size(); ++i) {
    sites.push_back({motifs[i], places[i] + taken, settings_.both_strands ? draw_strand(random) : Strand::forward});
    taken += width(motifs[i]);
  }
  return sites;
}

std::vector<EmbeddedSite> Simulator::spaced(philox::Generator& random) const {
  std::vector<std::int32_t> order(pwms_.size());
  std::iota(order.begin(), order.end(), 0);
  if (settings_.any_order) shuffle(order, random);
  std::vector<EmbeddedSite> sites;
  std::int64_t end = 0;
  for (const std::int32_t motif : order) {
    if (!sites.empty()) end += draw_between(settings_.gap, random);
    sites.push_back({motif, end, Strand::forward});
    end += width(motif);
  }
  const std::int64_t first = draw_between({0, settings_.length - end}, random);
  for (EmbeddedSite& site : sites) site.start += first;
  return sites;
}

bool Simulator::obeys(const std::vector<EmbeddedSite>& sites) const {
  for (std::size_t i = 1; i < sites.size(); ++i) {
    const EmbeddedSite& before = sites[i - 1];
    if (!settings_.any_order && before.motif > sites[i].motif) return false;
    if (!settings_.gap.holds(sites[i].start - before.start - width(before.motif))) return false;
  }
  return true;
}

}  // namespace genocuda
