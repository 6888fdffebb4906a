// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

constexpr const char* kGenome =
    "train --genome genome.fa --peaks peaks.bed --unlabelled 1 --length 40 --model tiny.toml --epochs 1 --threads 1 "
    "-o out ";

TEST(Split, ByFraction) {
  const TinyFolder folder;
  EXPECT_EQ(counts(folder.train("--valid 0.25 --test 0.125 -o out").err), (Counts{40, 16, 8}));
}

TEST(Split, ByFile) {
  const TinyFolder folder;
  const std::string text = table(2);
  folder.write("valid.csv", text.substr(0, text.find('\n') + 1 + 10 * (kLength + 3)));
  folder.write("test.csv", table(3));
  EXPECT_EQ(counts(folder.train("--valid valid.csv --test test.csv -o out").err), (Counts{64, 10, 64}));
}

TEST(Split, ByChromosome) {
  const TinyFolder folder;  // 20 bins of 200 bases a chromosome
  const Result result = folder.run(std::string(kGenome) + "--valid chr2 --test chr3,chr4");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(counts(result.err), (Counts{20, 20, 40}));
  const Result some = folder.run(std::string(kGenome) + "--overwrite --train 1,3 --valid 2");  // other names of them
  ASSERT_EQ(some.status, 0) << some.err;
  EXPECT_EQ(counts(some.err), (Counts{40, 20, 0}));
}

TEST(Split, ByFolds) {
  const TinyFolder folder;
  folder.write("folds.json", R"({"train": ["chr1", "chr4"], "valid": ["chr2"], "test": ["chr3"]})");
  const Result result = folder.run(std::string(kGenome) + "--folds folds.json");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(counts(result.err), (Counts{40, 20, 20}));
  const Result flags = folder.run(std::string(kGenome) + "--overwrite --folds folds.json --train chr4");
  ASSERT_EQ(flags.status, 0) << flags.err;
  EXPECT_EQ(counts(flags.err), (Counts{20, 20, 20}));
}

TEST(Split, ATaskForEachPeakFile) {
  const TinyFolder folder;
  folder.write("other.bed", "chr1\t3000\t3200\n");
  const Result result = folder.run(std::string(kGenome) + "--peaks second=other.bed --test chr1");
  ASSERT_EQ(result.status, 0) << result.err;
  const std::vector<std::string> rows = lines(result.out);
  ASSERT_EQ(rows.size(), 4u) << result.out;
  EXPECT_EQ(words(rows[1]).at(0), "peaks");
  EXPECT_EQ(words(rows[1]).at(1), "6");
  EXPECT_EQ(words(rows[2]).at(0), "second");
  EXPECT_EQ(words(rows[2]).at(1), "1");
  EXPECT_EQ(words(rows[3]).at(0), "mean");
}

TEST(Split, OfPositivesAndTheirShuffles) {
  const TinyFolder folder;
  folder.write("positives.fa", fasta(20));
  folder.write("negatives.fa", fasta(12, 2));
  const std::string train = "train --positives positives.fa --model tiny.toml --threads 1 --epochs 1 ";
  const auto counted = [&](const std::string& arguments) {
    const Result result = folder.run(train + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return counts(result.err);
  };
  EXPECT_EQ(counted("--negatives shuffle -o a"), (Counts{40, 0, 0}));
  EXPECT_EQ(counted("--negatives shuffle --shuffles 3 --test 0.1 -o b"), (Counts{72, 0, 8}));
  EXPECT_EQ(counted("--negatives negatives.fa -o c"), (Counts{32, 0, 0}));
}

INSTANTIATE_TEST_SUITE_P(
    Splits, Refused,
    testing::Values(
        WrongInput{
            "UnknownChromosome", kPeaks + "peaks.bed --test chr9", {"'chr9'", "test", "not in genome.fa", "chr1"}},
        WrongInput{"SkippedChromosome",
                   kPeaks + "peaks.bed --skip-contigs chr2 --test 2",
                   {"'2'", "--skip-contigs and by --test"}},
        WrongInput{"ChromosomeTwice", kPeaks + "peaks.bed --valid chr2 --test chr2", {"'chr2'", "valid", "test"}},
        WrongInput{
            "NothingToTrainOn", kPeaks + "peaks.bed --valid chr1,chr2 --test chr3,chr4", {"train split", "empty"}},
        WrongInput{"EmptyChromosome",
                   "train --genome genome.fa --length 40 --peaks bad.bed --test chr3",
                   {"test split", "empty"},
                   "bad.bed",
                   "chr1\t10\t200\nchr2\t10\t200\n"},
        WrongInput{"NoPlaces", "train --sequences table.csv --valid chr2", {"table.csv line 2", "no chromosome"}},
        WrongInput{"MissingFile", "train --sequences table.csv --valid none.csv", {"none.csv", "no such file"}},
        WrongInput{"EmptyShare", "train --sequences table.csv --valid 0.001", {"valid split", "empty"}},
        WrongInput{"ShareAboveOne", "train --sequences table.csv --valid 1.5", {"between 0 and 1", "1.5"}},
        WrongInput{"SharesOfAll", "train --sequences table.csv --valid 0.5 --test 0.5", {"0.5", "below 1"}},
        WrongInput{"ShareAndChromosome", kPeaks + "peaks.bed --valid 0.1 --test chr2", {"share", "chromosomes"}},
        WrongInput{"MissingFolds", kPeaks + "peaks.bed --folds none.json", {"none.json", "No such file"}},
        WrongInput{
            "NoFolds", kPeaks + "peaks.bed --folds bad.json", {"bad.json", "JSON"}, "bad.json", "{\"train\": \"chr1\""},
        WrongInput{"FoldsOfNoLists",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"bad.json", "lists"},
                   "bad.json",
                   "{\"train\": \"chr1\"}"},
        WrongInput{"FoldsOfOtherNames",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"bad.json", "'validation'", "valid"},
                   "bad.json",
                   "{\"train\": [\"chr1\"], \"validation\": [\"chr2\"]}"},
        WrongInput{"FoldsOfOtherChromosomes",
                   kPeaks + "peaks.bed --folds bad.json",
                   {"'chr9'", "valid"},
                   "bad.json",
                   "{\"train\": [\"chr1\"], \"valid\": [\"chr9\"]}"}),
    name_of);

}  // namespace
}  // namespace genocuda::cli
