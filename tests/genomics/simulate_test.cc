// SPDX-License-Identifier: Apache-2.0
#include "genomics/simulate.h"

#include <array>
#include <cmath>
#include <map>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

Motif fixed_motif(const std::string& bases) { return motif_from_sites(std::vector<std::string>{bases}, bases); }

const std::vector<Motif> kTwo{fixed_motif("GATAAG"), fixed_motif("TGACTCA")};

std::string letters_at(const SimulatedSequence& sequence, const EmbeddedSite& site, std::int64_t width) {
  std::string letters;
  for (std::int64_t i = 0; i < width; ++i) letters += dna::kLetters[sequence.codes[site.start + i]];
  return site.strand == Strand::forward ? letters : naive_reverse_complement(letters);
}

TEST(Simulator, PutsWhatItSaysWhereItSaysWithoutOverlap) {
  for (const Grammar grammar : {Grammar::combination, Grammar::spacing}) {
    const Simulator simulator(kTwo, MarkovChain(kUniformBackground), {.grammar = grammar, .length = 40, .gap = {2, 4}});
    int reverse = 0;
    for (std::int64_t i = 0; i < 300; ++i) {
      const SimulatedSequence sequence = simulator.draw(i);
      ASSERT_EQ(sequence.codes.size(), 40u);
      EXPECT_EQ(sequence.positive, i % 2 == 1);
      std::int64_t end = 0;
      for (const EmbeddedSite& site : sequence.sites) {
        EXPECT_GE(site.start, end);
        end = site.start + kTwo[site.motif].width();
        EXPECT_EQ(letters_at(sequence, site, kTwo[site.motif].width()), kTwo[site.motif].id);
        reverse += site.strand == Strand::reverse;
      }
      EXPECT_LE(end, 40);
    }
    EXPECT_GT(reverse, 100);
  }
}

TEST(Simulator, IsAFunctionOfSeedAndNumber) {
  const SimulationSettings settings{.grammar = Grammar::combination, .length = 60, .seed = 5};
  const Simulator a(kTwo, MarkovChain(kUniformBackground), settings),
      b(kTwo, MarkovChain(kUniformBackground), settings);
  SimulationSettings other = settings;
  other.seed = 6;
  a.draw(3);
  EXPECT_EQ(a.draw(17).codes, b.draw(17).codes);
  EXPECT_NE(a.draw(17).codes, a.draw(18).codes);
  EXPECT_NE(a.draw(17).codes, Simulator(kTwo, MarkovChain(kUniformBackground), other).draw(17).codes);
}

TEST(Simulator, CopiesAreInTheirRanges) {
  const Simulator simulator({kTwo[0]}, MarkovChain(kUniformBackground),
                            {.length = 100, .positives = 0.25, .copies = {3, 5}, .negative_copies = {0, 2}});
  std::map<std::size_t, int> copies;
  int positives = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    const SimulatedSequence sequence = simulator.draw(i);
    positives += sequence.positive;
    EXPECT_EQ(sequence.sites.size() >= 3, sequence.positive);
    ++copies[sequence.sites.size()];
  }
  EXPECT_EQ(positives, 100);
  EXPECT_EQ(copies.size(), 6u);
}

TEST(Simulator, NegativesOfACombinationLackSome) {
  const Simulator simulator(kTwo, MarkovChain(kUniformBackground), {.grammar = Grammar::combination, .length = 50});
  std::map<std::string, int> negatives;
  for (std::int64_t i = 0; i < 300; ++i) {
    const SimulatedSequence sequence = simulator.draw(i);
    EXPECT_EQ(sequence.sites.size() == 2, sequence.positive);
    if (!sequence.positive) ++negatives[sequence.sites.empty() ? "none" : kTwo[sequence.sites[0].motif].id];
  }
  EXPECT_EQ(negatives.size(), 3u);  // neither, and each alone
}

/// Order and gap of the two motifs, read on the strand on which they stand.
bool follows_the_grammar(const SimulatedSequence& sequence, bool any_order) {
  const EmbeddedSite &first = sequence.sites[0], &second = sequence.sites[1];
  const std::int64_t gap = second.start - first.start - kTwo[first.motif].width();
  const bool in_order = (first.motif < second.motif) == (first.strand == Strand::forward);
  return first.strand == second.strand && (any_order || in_order) && gap >= 5 && gap <= 8;
}

TEST(Simulator, SpacingAloneTellsPositivesFromNegatives) {
  for (const bool any_order : {false, true}) {
    const Simulator simulator(kTwo, MarkovChain(kUniformBackground),
                              {.grammar = Grammar::spacing, .length = 60, .gap = {5, 8}, .any_order = any_order});
    std::array<int, 2> first{};
    for (std::int64_t i = 0; i < 400; ++i) {
      const SimulatedSequence sequence = simulator.draw(i);
      ASSERT_EQ(sequence.sites.size(), 2u);
      EXPECT_EQ(follows_the_grammar(sequence, any_order), sequence.positive) << i;
      if (sequence.positive) ++first[sequence.sites[0].motif];
    }
    EXPECT_GT(first[0], 50);
    EXPECT_GT(first[1], 50);
  }
}

TEST(Simulator, SitesAreDrawnFromTheMotif) {
  Motif motif = fixed_motif("A");
  motif.counts = {{1, 0, 3, 0}};
  const Simulator simulator({motif}, MarkovChain(kUniformBackground),
                            {.length = 10, .positives = 1, .both_strands = false});
  std::array<int, 4> seen{};
  for (std::int64_t i = 0; i < 4000; ++i) {
    const SimulatedSequence sequence = simulator.draw(i);
    ++seen[sequence.codes[sequence.sites[0].start]];
  }
  EXPECT_EQ(seen[1] + seen[3], 0);
  EXPECT_NEAR(seen[0], 1000, 5 * std::sqrt(4000 * 0.25 * 0.75));
}

TEST(Simulator, RefusesGrammarsThatCannotBe) {
  const auto refuse = [](std::vector<Motif> motifs, const SimulationSettings& settings, const auto&... parts) {
    expect_error(
        ErrorKind::invalid_argument,
        [&] {
          const Simulator simulator(motifs, MarkovChain(kUniformBackground), settings);
          simulator.draw(0);
        },
        parts...);
  };
  refuse(kTwo, {}, "2 motifs");
  refuse({kTwo[0]}, {.grammar = Grammar::spacing}, "1 motif,", "two");
  refuse({kTwo[0]}, {.copies = {1, 3}, .negative_copies = {0, 1}}, "nothing tells them apart");
  refuse({kTwo[0]}, {.copies = {3, 1}}, "copies from 3 to 1");
  refuse({kTwo[0]}, {.length = 20, .copies = {4, 4}}, "24 bases", "20");
  refuse(kTwo, {.grammar = Grammar::spacing, .length = 20, .gap = {0, 9}}, "22 bases", "20");
  refuse(kTwo, {.grammar = Grammar::spacing, .length = 22, .gap = {0, 9}, .any_order = true}, "no negatives");
}

TEST(MarkovChain, LearnsAndDrawsWhatFollowsWhat) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "ACG";  // T only after N
  text += "NT";
  const PackedSequence sequence(text);
  const SequenceRegion region{&sequence, 0, sequence.size()};
  const MarkovChain chain = MarkovChain::learn({&region, 1}, 2);
  EXPECT_EQ(chain.order(), 2);
  EXPECT_NEAR(chain.after(0b0001, 2)[2], 2001.0 / 2004, 1e-12);  // G after AC
  EXPECT_NEAR(chain.after(1, 1)[2], 2001.0 / 2004, 1e-12);
  EXPECT_NEAR(chain.after(0, 0)[3], 2.0 / 6005, 1e-12);
  EXPECT_DOUBLE_EQ(chain.after(0b1111, 2)[0], 0.25);  // never seen
  philox::Generator random(1, 1);
  const std::vector<std::uint8_t> codes = chain.draw(3000, random);
  int turns = 0;
  for (std::size_t i = 2; i < codes.size(); ++i) turns += codes[i - 2] == 0 && codes[i - 1] == 1 && codes[i] == 2;
  EXPECT_GT(turns, 850);
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        MarkovChain::learn({&region, 1}, 9);
      },
      "order 9");
}

TEST(MarkovChain, HasTheSharesAskedFor) {
  philox::Generator random(1, 2);
  std::array<int, 4> seen{};
  for (const std::uint8_t code : MarkovChain({0.4, 0.3, 0.2, 0.1}).draw(20000, random)) ++seen[code];
  EXPECT_NEAR(seen[0], 8000, 350);
  EXPECT_NEAR(seen[3], 2000, 220);
}

}  // namespace
}  // namespace genocuda
