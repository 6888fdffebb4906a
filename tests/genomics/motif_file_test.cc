// SPDX-License-Identifier: Apache-2.0
#include "genomics/motif_file.h"

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

MotifMatrices matrices_in(std::string_view text) {
  LineReader lines = lines_of(text);
  return read_motif_matrices(lines);
}

std::vector<Motif> motifs_in(std::string_view text) { return to_motifs(matrices_in(text)); }

const std::vector<BaseNumbers> kCounts{{4, 16, 0, 0}, {19, 0, 1, 0}, {0, 20, 0, 0}};

TEST(MotifFile, Jaspar) {
  const std::vector<Motif> motifs = motifs_in(
      ">MA0004.1 Arnt\nA [ 4 19 0 ]\nC  [16 0 20 ]\nG [0 1 0]\nT [ 0 0 0 ]\n\n>two\n4 19 0\n16 0 20\n0 1 0\n0 0 0\n");
  ASSERT_EQ(motifs.size(), 2u);
  EXPECT_EQ(motifs[0].id, "MA0004.1");
  EXPECT_EQ(motifs[0].name, "Arnt");
  EXPECT_EQ(motifs[0].counts, kCounts);
  EXPECT_EQ(motifs[0].sites, 20);
  EXPECT_EQ(motifs[1].counts, kCounts);
}

TEST(MotifFile, Hocomoco) {
  const std::vector<Motif> motifs =
      motifs_in("# comment\r\n>AHR.H11MO.0.B\r\n4\t16\t0\t0\r\n19\t0\t1\t0\r\n0\t20\t0\t0\r\n>f\n0.5 0.5 0 0\n");
  ASSERT_EQ(motifs.size(), 2u);
  EXPECT_EQ(motifs[0].counts, kCounts);
  EXPECT_EQ(motifs[1].sites, 0);  // frequencies alone
  EXPECT_EQ(motifs[1].counts[0], (BaseNumbers{10, 10, 0, 0}));
}

TEST(MotifFile, FourByFourIsReadAsTheRestOfTheFile) {
  const std::string square = ">s\n1 2 3 4\n9 0 0 1\n8 1 1 0\n2 2 3 3\n";
  EXPECT_EQ(motifs_in(square + ">o\n1 9 8\n2 0 1\n3 0 1\n4 1 0\n")[0].counts[0], (BaseNumbers{1, 9, 8, 2}));
  EXPECT_EQ(motifs_in(square + ">o\n1 2 3 4\n")[0].counts[0], (BaseNumbers{1, 2, 3, 4}));
  EXPECT_EQ(motifs_in(square)[0].counts[0], (BaseNumbers{1, 2, 3, 4}));  // rows sum to 10
  EXPECT_EQ(motifs_in(">s\n1 9 8 2\n2 0 1 2\n3 0 1 3\n4 1 0 3\n")[0].counts[0], (BaseNumbers{1, 2, 3, 4}));
}

const std::string kMeme =
    "MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\nA 0.25 C 0.25 G 0.25 T 0.25\n\n"
    "MOTIF M1 CTCF\n\nletter-probability matrix: alength= 4 w= 2 nsites= 40 E= 0\n 0.25 0.75 0 0\n 1 0 0 0\n\nURL x\n"
    "MOTIF M2\nletter-probability matrix: alength= 4 w= 1 nsites= 1\n0 0 0 1\n";

TEST(MotifFile, Meme) {
  const std::vector<Motif> motifs = motifs_in(kMeme);
  ASSERT_EQ(motifs.size(), 2u);
  EXPECT_EQ(motifs[0].id, "M1");
  EXPECT_EQ(motifs[0].name, "CTCF");
  EXPECT_EQ(motifs[0].sites, 40);
  EXPECT_EQ(motifs[0].counts, (std::vector<BaseNumbers>{{10, 30, 0, 0}, {40, 0, 0, 0}}));
  EXPECT_EQ(motifs[1].sites, 0);
}

TEST(MotifFile, WhatIsWrittenIsReadAgain) {
  std::vector<Motif> motifs = motifs_in(">MA0004.1 Arnt\nA [ 4 19 0.25 ]\nC [16 0 20 ]\nG [0 1 0]\nT [ 0 0 0 ]\n");
  for (const MotifFormat format : {MotifFormat::jaspar, MotifFormat::pcm}) {
    const std::vector<Motif> again = motifs_in(write_motifs(motifs, format));
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].id, "MA0004.1");
    EXPECT_EQ(again[0].name, "Arnt");
    EXPECT_EQ(again[0].counts, motifs[0].counts);
  }
  for (const MotifFormat format : {MotifFormat::meme, MotifFormat::pfm}) {
    const std::vector<BaseNumbers> pwm = probabilities(motifs_in(write_motifs(motifs, format))[0]);
    for (std::size_t i = 0; i < pwm.size(); ++i) {
      for (int base = 0; base < 4; ++base) EXPECT_NEAR(pwm[i][base], probabilities(motifs[0])[i][base], 1e-8);
    }
  }
  EXPECT_EQ(motifs_in(write_motifs(motifs, MotifFormat::meme))[0].sites, motifs[0].sites);
}

TEST(MotifFile, SaysWhatIsWrongAndWhere) {
  const auto refuse = [](std::string_view text, const auto&... parts) {
    expect_error(
        ErrorKind::input_file, [&] { motifs_in(text); }, parts...);
  };
  refuse("", "test", "empty");
  refuse("hello\n", "test line 1", "'hello'", "MEME");
  refuse("MEME version 4\n", "test", "no motif");
  refuse("MEME version 4\nALPHABET= ACDEFGHIKLMNPQRSTVWY\n", "test line 2", "alphabet");
  refuse("MEME version 4\nletter-probability matrix: alength= 4 w= 1\n1 0 0 0\n", "test line 2", "MOTIF");
  refuse("MEME version 4\nMOTIF a\nletter-probability matrix: alength= 4 w= 2\n1 0 0 0\n", "test line 4", "'a'",
         "1 rows of 2");
  refuse("MEME version 4\nMOTIF a\nletter-probability matrix: alength= 4 w= 1\n1 0 0\n", "test line 4", "four numbers");
  refuse(">a\n1 2 x 4\n", "test line 2", "'x'", "no number");
  refuse(">a\n1 2 3 4\n1 2 3\n", "test line 3", "'a'", "four");
  refuse(">a\nA [1 2]\nC [1 2]\nT [1 2]\nG [1 2]\n", "test line 2", "'a'");
  refuse(">a\nA [1 2]\n1 2\n", "test line 3", "'a'", "some do not");
  refuse(">a\n>b\n1 2 3 4\n", "test line 1", "'a'", "no matrix");
  refuse(">a\n1 2 3 4\n>a\n1 2 3 4\n", "test line 3", "twice");
  refuse(">a\n1 -2 3 4\n2 2 2 2\n", "test line 1", "position 1", "negative");
  refuse(">a\n1 2 3 4\n0 0 0 0\n", "test line 1", "position 2", "no count");
  refuse(">\n1 2 3 4\n", "test line 1", "no name");
}

TEST(AlignedSites, OneALineOrFasta) {
  const TemporaryFolder folder;
  const Motif plain = read_aligned_sites(folder.write("a.txt", "# sites\nGGATAA\ncgataa\n\nCGATAT\nGGATAT\n"), "gata");
  const Motif fasta =
      read_aligned_sites(folder.write("a.fa", ">1\nGGATAA\n>2\nCGA\nTAA\n>3\nCGATAT\n>4\nGGATAT\n"), "gata");
  EXPECT_EQ(plain.id, "gata");
  EXPECT_EQ(plain.counts, fasta.counts);
  EXPECT_EQ(plain.counts[0], (BaseNumbers{0, 2, 2, 0}));
}

TEST(AlignedSites, SayWhatIsWrongAndWhere) {
  const TemporaryFolder folder;
  const auto refuse = [&](std::string_view text, const auto&... parts) {
    const std::string path = folder.write("s.txt", text);
    expect_error(
        ErrorKind::input_file, [&] { read_aligned_sites(path, "x"); }, parts...);
  };
  refuse("ACGT\nACG\n", "s.txt line 2", "3 bases", "align");
  refuse("ACGT\nAC-T\n", "s.txt line 2", "'-'");
  refuse("# nothing\n", "s.txt", "no sites");
  refuse("ACN\nAGN\n", "s.txt", "position 3");
}

}  // namespace
}  // namespace genocuda
