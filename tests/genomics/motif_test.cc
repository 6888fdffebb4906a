// SPDX-License-Identifier: Apache-2.0
#include "genomics/motif.h"

#include <cmath>

#include "genomics/motif_logo.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

const std::vector<std::string> kSites{"GGATAA", "CGATAA", "CGATAT", "GGATAT"};

TEST(Motif, PwmOfTheLecture) {
  const Motif motif = motif_from_sites(kSites, "gata");
  EXPECT_EQ(motif.sites, 4);
  const std::vector<BaseNumbers> expected{{0, 0.5, 0.5, 0}, {0, 0, 1, 0}, {1, 0, 0, 0},
                                          {0, 0, 0, 1},     {1, 0, 0, 0}, {0.5, 0, 0, 0.5}};
  EXPECT_EQ(probabilities(motif), expected);
}

TEST(Motif, PseudocountIsSharedOutAsTheBackground) {
  const Motif motif = motif_from_sites(kSites, "gata");
  const BaseNumbers background{0.4, 0.1, 0.1, 0.4};
  const std::vector<BaseNumbers> pwm = probabilities(motif, 1, background);
  EXPECT_DOUBLE_EQ(pwm[1][2], 4.1 / 5);
  EXPECT_DOUBLE_EQ(pwm[1][0], 0.4 / 5);
  const std::vector<BaseNumbers> pssm = log_odds(motif, 1, background);
  EXPECT_DOUBLE_EQ(pssm[1][2], std::log2(4.1 / 5 / 0.1));
  EXPECT_DOUBLE_EQ(pssm[1][0], std::log2(0.4 / 5 / 0.4));
}

TEST(Motif, NoScoreWithoutPseudocountWhereABaseWasNeverSeen) {
  const Motif motif = motif_from_sites(kSites, "gata");
  expect_error(
      ErrorKind::invalid_argument, [&] { log_odds(motif, 0); }, "'gata'", "pseudocount");
  expect_error(
      ErrorKind::invalid_argument,
      [&] {
        log_odds(motif, 1, {0.5, 0.5, 0, 0});
      },
      "background of G");
}

TEST(Motif, InformationHasTheSmallSampleCorrection) {
  const Motif motif = motif_from_sites(kSites, "gata");
  const double e = 3 / (2 * std::log(2.0) * 4);
  EXPECT_DOUBLE_EQ(small_sample_correction(4), e);
  EXPECT_DOUBLE_EQ(information(motif)[1], 2 - e);
  EXPECT_DOUBLE_EQ(information(motif)[0], std::max(0.0, 1 - e));
  EXPECT_DOUBLE_EQ(information(motif, false)[0], 1);
  Motif unknown = motif;
  unknown.sites = 0;
  EXPECT_DOUBLE_EQ(information(unknown)[1], 2);
}

TEST(Motif, InformationIsNeverBelowNone) {
  const Motif motif = motif_from_sites(std::vector<std::string>{"A", "C", "G", "T"}, "flat");
  EXPECT_EQ(information(motif)[0], 0);
}

TEST(Motif, Consensus) {
  EXPECT_EQ(consensus(motif_from_sites(kSites, "gata")), "SGATAW");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"A", "A", "C", "G"}, "x")), "N");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"A", "A", "A", "G"}, "x")), "A");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"T", "T", "G", "G"}, "x")), "K");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"C", "A"}, "x")), "M");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"G", "A"}, "x")), "R");
  EXPECT_EQ(consensus(motif_from_sites(std::vector<std::string>{"C", "T"}, "x")), "Y");
}

TEST(Motif, ReverseComplementReadsTheOtherStrand) {
  const Motif motif = motif_from_sites(std::vector<std::string>{"AACG", "AACC"}, "x");
  EXPECT_EQ(reverse_complement(motif).counts, motif_from_sites(std::vector<std::string>{"CGTT", "GGTT"}, "x").counts);
  EXPECT_EQ(reverse_complement(reverse_complement(motif)).counts, motif.counts);
}

TEST(Motif, SitesMustBeAligned) {
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        motif_from_sites(std::vector<std::string>{"AC", "ACG"}, "x");
      },
      "site 2", "3 bases");
  expect_error(
      ErrorKind::invalid_argument,
      [] {
        motif_from_sites(std::vector<std::string>{"AN", "CN"}, "x");
      },
      "position 2");
  expect_error(
      ErrorKind::invalid_argument, [] { motif_from_sites(std::vector<std::string>{"A!"}, "x"); }, "'!'", "site 1");
  expect_error(
      ErrorKind::invalid_argument, [] { motif_from_sites({}, "x"); }, "no site");
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(MotifLogo, DrawsALetterForEachBaseSeenWithItsShareOfTheInformation) {
  Motif motif = motif_from_sites(kSites, "a<b");
  motif.sites = 0;  // no correction
  const std::string svg = motif_logo(motif, {.column_width = 20, .height = 100});
  EXPECT_EQ(count(svg, "scale("), 8);
  EXPECT_EQ(count(svg, "scale(0.188 1)"), 4);     // two bits: 100 pixels
  EXPECT_EQ(count(svg, "scale(0.188 0.25)"), 4);  // half of one bit
  EXPECT_NE(svg.find("a&lt;b"), std::string::npos);
  EXPECT_NE(svg.find(">bits<"), std::string::npos);
  EXPECT_EQ(svg, motif_logo(motif, {.column_width = 20, .height = 100}));
  EXPECT_NE(svg, motif_logo(motif, {.reverse = true, .column_width = 20, .height = 100}));
}

}  // namespace
}  // namespace genocuda
