// SPDX-License-Identifier: Apache-2.0
// Reads real files where GENOCUDA_DATA names a folder that holds them, and is skipped where it does not.
#include <cstdlib>
#include <filesystem>

#include "genomics/check.h"
#include "genomics/coverage.h"
#include "genomics/fasta_examples.h"
#include "genomics/genome.h"
#include "genomics/motif_file.h"
#include "genomics/sequence_table.h"
#include "genomics/splits.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

// The path of a file of the data folder, "" where there is none.
std::string data(const std::string& name) {
  const char* folder = std::getenv("GENOCUDA_DATA");
  if (!folder) return "";
  const std::filesystem::path path = std::filesystem::path(folder) / name;
  return std::filesystem::exists(path) ? path.string() : "";
}

#define GENOCUDA_REAL_FILE(variable, name) \
  const std::string variable = data(name); \
  if (variable.empty()) GTEST_SKIP() << name " is not in GENOCUDA_DATA"

TEST(RealData, YeastGenome) {
  GENOCUDA_REAL_FILE(path, "yeast/S_cerevisiae.fasta.gz");
  const Genome genome = read_genome(path);
  EXPECT_EQ(genome.size(), 17);
  EXPECT_EQ(genome.total_length(), 12157105);
  EXPECT_EQ(genome.name(genome.contig("chr4")), "chrIV");
  EXPECT_EQ(genome.name(genome.contig("chr10")), "chrX");
  EXPECT_EQ(genome.name(genome.contig("MT")), "chrmt");
}

TEST(RealData, TranscriptionFactorTables) {
  GENOCUDA_REAL_FILE(train_path, "gue_tf/tf/0/train.csv.gz");
  GENOCUDA_REAL_FILE(test_path, "gue_tf/tf/0/test.csv.gz");
  const Examples train = read_sequence_table(train_path), test = read_sequence_table(test_path);
  EXPECT_EQ(train.size(), 32378);
  EXPECT_EQ(test.size(), 1000);
  EXPECT_EQ(train.length, 101);
  EXPECT_NO_THROW(require_binary(train));
  const CheckedSet sets[] = {{"train", &train}, {"test", &test}};
  EXPECT_FALSE(check(sets).fatal());
}

TEST(RealData, Motifs) {
  GENOCUDA_REAL_FILE(jaspar, "motifs/JASPAR2022_vertebrates.pfm");
  GENOCUDA_REAL_FILE(hocomoco, "motifs/HOCOMOCOv11_HUMAN.pfm");
  GENOCUDA_REAL_FILE(meme, "motifs/chrombpnet_motifs.meme.txt.gz");
  const std::vector<Motif> motifs = read_motifs(jaspar);
  ASSERT_EQ(motifs.size(), 838u);
  EXPECT_EQ(consensus(motifs[0]), "CACGTG");
  EXPECT_EQ(motifs[0].sites, 20);
  EXPECT_EQ(read_motifs(hocomoco).size(), 401u);
  EXPECT_EQ(read_motifs(meme).size(), 2193u);
}

TEST(RealData, PeakSequencesAgainstShuffles) {
  GENOCUDA_REAL_FILE(path, "ctcf_pu1_demo/ctcf.fa.gz");
  const Examples positives = read_fasta_examples(path);
  EXPECT_EQ(positives.size(), 39184);
  EXPECT_EQ(positives.length, 100);
  EXPECT_EQ(positives.locus(0).start, 17036408);
  const Examples examples = with_shuffles(positives, 1, 1);
  const Split split = split_by_chromosome(examples, {}, {}, {"chr8", "chr9"});
  EXPECT_EQ(split.train.size() + split.test.size(), 2u * 39184);
  EXPECT_EQ(split.test.size() % 2, 0u);
}

// The sum of a signal's values over all bases.
double sum_of(const SignalTrack& track) {
  double sum = 0;
  for (std::int32_t contig = 0; contig < track.contigs().size(); ++contig) {
    track.visit(contig, 0, track.contigs().length(contig), [&](std::span<const SignalRun> runs) {
      for (const SignalRun& run : runs) sum += run.value * static_cast<double>(run.end - run.start);
    });
  }
  return sum;
}

TEST(RealData, CutsOfYeastFragments) {
  GENOCUDA_REAL_FILE(genome, "yeast/S_cerevisiae.fasta.gz");
  GENOCUDA_REAL_FILE(fragments, "yeast/SRR1822137_ATAC_500k.bedpe.gz");
  const TemporaryFolder folder;
  const auto reads = open_read_text(fragments, contig_sizes_of(read_genome(genome)));
  SpooledTrack track(reads->contigs(), folder.path(""));
  CoverageOptions options;
  options.piece = CoveragePiece::cuts;
  options.forward_shift = 4;
  options.reverse_shift = -4;
  const CoverageCounts counts = cover(*reads, options, track);
  EXPECT_EQ(counts.of(Fate::kept), 467908);
  EXPECT_EQ(sum_of(track), 935816);
}

TEST(RealData, PairsOfAHistoneMark) {
  GENOCUDA_REAL_FILE(path, "histone_tracks/K562_H3K4me3.bam");
  const TemporaryFolder folder;
  const auto reads = open_bam(path, nullptr, {.filter = {}, .pairs = true});
  SpooledTrack track(reads->contigs(), folder.path(""));
  CoverageOptions options;
  options.piece = CoveragePiece::fragments;
  const CoverageCounts counts = cover(*reads, options, track);
  EXPECT_EQ(counts.records, 50340);
  EXPECT_EQ(counts.pieces, 24802);
  EXPECT_EQ(counts.of(Fate::second_read), 24802);
  EXPECT_EQ(counts.of(Fate::no_pair), 562);

  // Every read of this file is called "1": by its name alone all would be drawn, or none.
  const auto again = open_bam(path, nullptr, {.filter = {}, .pairs = true});
  SpooledTrack tenth(again->contigs(), folder.path(""));
  options.share = 0.1;
  EXPECT_NEAR(static_cast<double>(cover(*again, options, tenth).pieces), 2480, 150);
}

}  // namespace
}  // namespace genocuda
