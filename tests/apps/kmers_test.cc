// SPDX-License-Identifier: Apache-2.0
// The verb kmers, and training on counts of words.
#include <gtest/gtest.h>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

TEST(Kmers, SparseAndDense) {
  const TinyFolder folder;
  folder.write("k.fa", ">a\nACGTNAACGT\n>b\nTTTTTT\n");
  EXPECT_EQ(folder.run("kmers -k 2 --sequences k.fa").out,
            "sequence\tkmer\tcount\na\tAA\t1\na\tAC\t4\na\tCG\t2\nb\tAA\t5\n");
  EXPECT_EQ(folder.run("kmers -k 1 --stranded --format dense --sequences k.fa").out,
            "sequence\tA\tC\tG\tT\na\t3\t2\t2\t2\nb\t0\t0\t0\t6\n");
  folder.write("r.bed", "a\t0\t4\nb\t1\t3\n");
  EXPECT_EQ(folder.run("kmers -k 2 -g k.fa --regions r.bed --format dense").out,
            "sequence\tAA\tAC\tAG\tAT\tCA\tCC\tCG\tGA\tGC\tTA\n"
            "a:0-4\t0\t2\t0\t0\t0\t0\t1\t0\t0\t0\nb:1-3\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\n");
}

TEST(Kmers, NumpyFiles) {
  const TinyFolder folder;
  folder.write("k.fa", ">a\nACGTNAACGT\n>b\nTTTTTT\n");
  EXPECT_EQ(folder.run("kmers -k 3 --sequences k.fa -o k.npz").status, 0);
  EXPECT_EQ(folder.run("kmers -k 3 --sequences k.fa --format sparse-npz -o s.npz").status, 0);
  const std::string dense = folder.content("k.npz"), sparse = folder.content("s.npz");
  EXPECT_NE(dense.find("'<u4', 'fortran_order': False, 'shape': (2, 32), }"), std::string::npos);
  for (const char* name : {"format.npy", "shape.npy", "indptr.npy", "indices.npy", "data.npy"}) {
    EXPECT_NE(sparse.find(name), std::string::npos) << name;
  }
  EXPECT_NE(sparse.find("'|S3', 'fortran_order': False, 'shape': (), }"), std::string::npos);
}

TEST(Kmers, LogisticRegressionLearnsAWord) {
  const TinyFolder folder;
  const Result result = folder.run(
      "train --sequences table.csv --test table.csv --model kmer-logistic --lr 0.01 --epochs 30 --batch 16 --threads 1 "
      "-o out");
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_NE(folder.content("out/test.json").find("\"auroc\": 1.0"), std::string::npos)
      << folder.content("out/test.json");
}

INSTANTIATE_TEST_SUITE_P(
    Kmers, Refused,
    testing::Values(
        WrongInput{"WordsTooLong", "kmers -o result -k 13 -g genome.fa", {"-k", "13"}},
        WrongInput{"WordsOfNothing", "kmers -o result", {"--genome", "--sequences"}},
        WrongInput{"WordsOfTwoSources", "kmers -o result -g genome.fa --sequences table.csv", {"not both"}},
        WrongInput{
            "WordsOfNoBases", "kmers -o result --sequences bad.fa", {"bad.fa line 2", "'!'"}, "bad.fa", ">a\nAC!T\n"},
        WrongInput{"RegionsOfNoGenome", "kmers -o result --sequences table.csv --regions peaks.bed", {"--genome"}}),
    name_of);

}  // namespace
}  // namespace genocuda::cli
