// SPDX-License-Identifier: Apache-2.0
#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

const std::string kGoodRow = row(bases(kLength, 5), "1");
const std::string kFasta = "train --negatives shuffle --positives ";

INSTANTIATE_TEST_SUITE_P(
    Sequences, Refused,
    testing::Values(
        WrongInput{"MissingFile", "train --sequences none.csv", {"none.csv", "No such file"}},
        WrongInput{"EmptyFile", "train --sequences bad.csv", {"bad.csv", "empty"}, "bad.csv", ""},
        WrongInput{"NoRows", "train --sequences bad.csv", {"bad.csv", "no rows"}, "bad.csv", kHeader},
        WrongInput{
            "NoSequenceColumn", "train --sequences bad.csv", {"bad.csv", "'sequence'"}, "bad.csv", "name,y\nACGT,1\n"},
        WrongInput{"NoTask",
                   "train --sequences bad.csv",
                   {"bad.csv line 2", "no labels"},
                   "bad.csv",
                   "sequence\nACGTACGTACGT\n"},
        WrongInput{"OneClass",
                   "train --sequences bad.csv",
                   {"one class", "2 examples", "genocuda check"},
                   "bad.csv",
                   kHeader + kGoodRow + kGoodRow},
        WrongInput{"NoSuchTask", "train --sequences table.csv --tasks other", {"table.csv line 1", "'other'"}},
        WrongInput{"LetterThatIsNoBase",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "'!'", "no base"},
                   "bad.csv",
                   kHeader + kGoodRow + row("ACG!ACGT", "0")},
        WrongInput{"LetterThatIsNoCode",
                   "train --sequences bad.csv",
                   {"bad.csv line 2", "'E'", "no base"},
                   "bad.csv",
                   kHeader + row("ACGEACGT", "0")},
        WrongInput{"OtherLength",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "39 bases", "40"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(39, 6), "0")},
        WrongInput{"LabelThatIsNoNumber",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "'yes'", "'bound'"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(kLength, 6), "yes")},
        WrongInput{"LabelThatIsNoClass",
                   "train --sequences bad.csv",
                   {"bad.csv line 3", "0.7", "'bound'", "0 or 1"},
                   "bad.csv",
                   kHeader + kGoodRow + row(bases(kLength, 6), "0.7")},
        WrongInput{"ValidationLabelThatIsNoClass",
                   "train --sequences table.csv --valid bad.csv",
                   {"bad.csv line 2", "2", "'bound'", "0 or 1"},
                   "bad.csv",
                   kHeader + row(bases(kLength, 6), "2")},
        WrongInput{"ValidationOfOtherLength",
                   "train --sequences table.csv --valid bad.csv",
                   {"bad.csv line 2", "30 bases", "40"},
                   "bad.csv",
                   kHeader + row(bases(30, 6), "1")},
        WrongInput{"TestOfOtherTasks",
                   "train --sequences table.csv --test bad.csv",
                   {"bad.csv line 2", "other", "bound"},
                   "bad.csv",
                   "sequence,other\n" + kGoodRow},
        WrongInput{"FastaWithoutHeaders", kFasta + "bad.fa", {"bad.fa line 1", "header"}, "bad.fa", "ACGTACGT\nACGT\n"},
        WrongInput{"FastaOfNoBases",
                   kFasta + "bad.fa",
                   {"bad.fa line 4", "'X'", "no base"},
                   "bad.fa",
                   ">a\nACGTACGT\n>b\nACXTACGT\n"},
        WrongInput{"FastaOfTwoLengths",
                   kFasta + "bad.fa",
                   {"bad.fa line 3", "4 bases", "8"},
                   "bad.fa",
                   ">a\nACGTACGT\n>b\nACGT\n"},
        WrongInput{"MissingFasta", kFasta + "none.fa", {"none.fa", "No such file"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Peaks, Refused,
    testing::Values(
        WrongInput{"PastTheContig",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "4001", "'chr2'", "4000"},
                   "bad.bed",
                   "chr1\t10\t20\nchr2\t3900\t4001\n"},
        WrongInput{"StartAboveEnd",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "700", "500"},
                   "bad.bed",
                   "chr1\t10\t20\nchr1\t700\t500\n"},
        WrongInput{"StartAtEnd", kPeaks + "bad.bed", {"bad.bed line 1", "500"}, "bad.bed", "chr1\t500\t500\n"},
        WrongInput{"UnknownContig",
                   kPeaks + "bad.bed",
                   {"bad.bed line 2", "'chrQ'", "genome.fa", "chr1, chr2"},
                   "bad.bed",
                   "chr1\t10\t20\nchrQ\t500\t600\n"},
        WrongInput{"NoBed", kPeaks + "bad.bed", {"bad.bed line 1"}, "bad.bed", "what is this\n"},
        WrongInput{"MissingPeaks", kPeaks + "none.bed", {"none.bed", "No such file"}},
        WrongInput{
            "NoNegatives", "train --genome genome.fa --length 40 --peaks peaks.bed", {"one class", "--unlabelled 1"}},
        WrongInput{"NoGenome", "train --peaks peaks.bed --signal a.bw", {"lie along a genome", "--genome FASTA"}},
        WrongInput{"EmptyRegions",
                   "train --genome genome.fa --length 40 --peaks peaks.bed --regions bad.bed",
                   {"bad.bed", "holds no region"},
                   "bad.bed",
                   "# none\n"},
        WrongInput{"PeaksOfNoFile", kPeaks + "a=", {"'a='", "lacks a file"}},
        WrongInput{"TooFewSites", kPeaks + "peaks.bed --min-sites 100", {"100 peaks", "--min-sites"}},
        WrongInput{"MissingGenome", "train --genome none.fa --peaks peaks.bed", {"none.fa", "No such file"}},
        WrongInput{"MissingBlacklist", kPeaks + "peaks.bed --blacklist none.bed", {"none.bed", "No such file"}}),
    name_of);

TEST(RefusedGzip, CutShort) {
  const TinyFolder folder;
  const std::string whole = gzip(folder, table());
  folder.write("cut.csv.gz", whole.substr(0, whole.size() / 2));
  expect_refusal(folder.run("train --sequences cut.csv.gz --model tiny.toml -o out"), {"cut.csv.gz", "truncated"});
  const std::string genome_gz = gzip(folder, genome());
  folder.write("cut.fa.gz", genome_gz.substr(0, genome_gz.size() - 10));
  expect_refusal(folder.run("train --genome cut.fa.gz --peaks peaks.bed --model tiny.toml -o out"),
                 {"cut.fa.gz", "truncated"});
}

}  // namespace
}  // namespace genocuda::cli
