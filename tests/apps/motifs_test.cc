// SPDX-License-Identifier: Apache-2.0
// The verbs motifs and scan.
#include <gtest/gtest.h>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

constexpr const char* kLecture =
    ">GATA lecture\nA [ -5.7 -3.2 3.7 -3.2 3.7 0.6 ]\nC [ 0.5 -3.2 -3.2 -3.2 -3.2 -5.7 ]\n"
    "G [ 0.5 3.7 -3.2 -3.2 -3.2 -5.7 ]\nT [ -5.7 -3.2 -3.2 3.7 -3.2 0.5 ]\n";

std::string out_of(const TinyFolder& folder, const std::string& arguments) {
  const Result result = folder.run(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  return result.out;
}

TEST(Scan, TheLecturesNeuronKeepsTwoWindows) {
  const TinyFolder folder;
  folder.write("lecture.jaspar", kLecture);
  folder.write("s.fa", ">s\nGCATTACCGATAT\n");
  const std::vector<std::string> rows =
      lines(out_of(folder, "scan -m lecture.jaspar --weights --relu --forward --sequences s.fa"));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0], "sequence\tstart\tend\tstrand\tmotif\tname\tscore\tp_value\tsite");
  const std::vector<std::string> first = columns(rows[1]), second = columns(rows[2]);
  EXPECT_EQ(first[1], "0");
  EXPECT_NEAR(std::stod(first[6]), 2.1, 0.005);
  EXPECT_EQ(second[1], "7");
  EXPECT_EQ(second[8], "CGATAT");
  EXPECT_NEAR(std::stod(second[6]), 15.8, 0.005);
  EXPECT_NEAR(std::stod(second[7]), 4.0 / 4096, 1e-6);  // the four best words: C or G first, A or T last
}

TEST(Scan, BothStrandsOfAGenomeAndItsRegions) {
  const TinyFolder folder;
  folder.write("sites.txt", "TGACTCAG\nTGACTCAG\nTGACTCAG\n");
  folder.write("g.fa", ">c\nAAAAATGACTCAGAAAAAAAACTGAGTCATTTTTTTTNTGACTCNGAAAA\n");
  folder.write("r.bed", "c\t0\t12\nc\t18\t40\n");
  out_of(folder, "motifs convert --sites sites.txt --to meme -o m.meme");
  EXPECT_EQ(out_of(folder, "scan -m m.meme -g g.fa --score 10 --format bed"),
            "c\t5\t13\tsites\t482\t+\nc\t21\t29\tsites\t482\t-\n");
  EXPECT_EQ(out_of(folder, "scan -m m.meme -g g.fa --score 10 --format bed --regions r.bed"),
            "c\t21\t29\tsites\t482\t-\n");
  out_of(folder, "scan -m m.meme -g g.fa --score 10 -o hits.bed --forward");
  EXPECT_EQ(folder.content("hits.bed"), "c\t5\t13\tsites\t482\t+\n");
}

TEST(Scan, PValueDecidesAndBackgroundMatters) {
  const TinyFolder folder;
  folder.write("sites.txt", "GGGG\nGGGG\n");
  folder.write("s.csv", "sequence,name\nTTGGGGTTAATTTATTAT,rich\n");
  out_of(folder, "motifs convert --sites sites.txt --to pcm -o m.pcm");
  const std::string scan = "scan -m m.pcm --sequences s.csv --forward --p-value 0.005 ";  // GGGG alone: 4^-4
  EXPECT_EQ(lines(out_of(folder, scan)).size(), 2u);
  EXPECT_NE(out_of(folder, scan).find("rich\t2\t6\t+\tsites\t\t"), std::string::npos);
  EXPECT_EQ(lines(out_of(folder, scan + "--background 0.1,0.4,0.4,0.1")).size(), 1u);  // 0.4^4
  EXPECT_EQ(lines(out_of(folder, scan + "--background data")).size(), 2u);             // 4 of 18 are G or C: 0.11^4
}

TEST(Motifs, ShowConvertAndDraw) {
  const TinyFolder folder;
  folder.write("gata.txt", "GGATAA\nCGATAA\nCGATAT\nGGATAT\n");
  // Four positions of 2 bits and two of 1, each less e(4) = 0.541.
  EXPECT_EQ(lines(out_of(folder, "motifs show --sites gata.txt"))[1],
            "gata		6	4	6.7539	SGATAW");
  const std::vector<std::string> pwm =
      lines(out_of(folder, "motifs show --sites gata.txt --matrix pwm --pseudocount 0"));
  ASSERT_EQ(pwm.size(), 7u);
  EXPECT_EQ(pwm[1].substr(0, 20), "gata\t1\t0\t0.5\t0.5\t0\t0");
  out_of(folder, "motifs convert --sites gata.txt --to jaspar -o gata.jaspar");
  EXPECT_EQ(folder.content("gata.jaspar"),
            ">gata\nA  [ 0 0 4 0 4 2 ]\nC  [ 2 0 0 0 0 0 ]\nG  [ 2 4 0 0 0 0 ]\nT  [ 0 0 0 4 0 2 ]\n");
  EXPECT_EQ(out_of(folder, "motifs convert -m gata.jaspar --to jaspar --reverse"),
            ">gata\nA  [ 2 0 4 0 0 0 ]\nC  [ 0 0 0 0 4 2 ]\nG  [ 0 0 0 0 0 2 ]\nT  [ 2 4 0 4 0 0 ]\n");
  const std::string svg = out_of(folder, "motifs logo -m gata.jaspar");
  EXPECT_EQ(svg.find("<svg xmlns"), 0u);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

const std::string kScan = "scan -o result --genome genome.fa --motifs ";

INSTANTIATE_TEST_SUITE_P(
    Motifs, Refused,
    testing::Values(
        WrongInput{"MissingFile", kScan + "none.meme", {"none.meme", "No such file"}},
        WrongInput{"NoMotifs", kScan + "genome.fa", {"genome.fa line 2", "no number"}},
        WrongInput{"NoNumber", kScan + "bad.pfm", {"bad.pfm line 2", "'x'"}, "bad.pfm", ">m\n1 2 x 4\n"},
        WrongInput{"RowOfThree", kScan + "bad.pfm", {"bad.pfm line 3", "'m'"}, "bad.pfm", ">m\n1 2 3 4\n1 2 3\n"},
        WrongInput{"NegativeCount", kScan + "bad.pfm", {"bad.pfm line 1", "negative"}, "bad.pfm", ">m\n1 2 -3 4\n"},
        WrongInput{"NoPseudocount",
                   kScan + "bad.pfm --pseudocount 0",
                   {"'m'", "pseudocount"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n0 0 0 1\n"},
        WrongInput{"NoSuchMotif", kScan + "bad.pfm --only CTCF", {"bad.pfm", "'CTCF'"}, "bad.pfm", ">m\n1 2 3 4\n"},
        WrongInput{"NoBackground",
                   kScan + "bad.pfm --background 0.5,0.5,0.5,0.5",
                   {"--background", "0.5,0.5"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n"},
        WrongInput{
            "TwoThresholds", kScan + "bad.pfm --score 3 --relu", {"--score", "--relu"}, "bad.pfm", ">m\n1 2 3 4\n"},
        WrongInput{"NothingToScan", "scan -o result --motifs bad.pfm", {"--genome", "--sequences"}},
        WrongInput{"UnknownContig",
                   "scan -o result --motifs genome.fa --genome genome.fa --regions bad.bed",
                   {"bad.bed line 1", "'chrQ'"},
                   "bad.bed",
                   "chrQ\t1\t2\n"},
        WrongInput{"SitesOfTwoLengths",
                   "motifs show -o result --sites bad.txt",
                   {"bad.txt line 2", "3 bases"},
                   "bad.txt",
                   "ACGT\nACG\n"},
        WrongInput{"LogoOfTwo",
                   "motifs logo -o result --motifs bad.pfm",
                   {"bad.pfm", "2 motifs", "--only"},
                   "bad.pfm",
                   ">a\n1 2 3 4\n>b\n1 2 3 4\n"},
        WrongInput{"UnknownFormat", "motifs convert -o result --motifs x --to homer", {"--to", "homer", "meme"}},
        WrongInput{"PictureOfAnotherKind", "motifs logo -o result.png --motifs x", {"result.png", ".svg"}},
        WrongInput{"NothingToDo", "motifs", {"show, convert, logo", "genocuda motifs --help"}}),
    name_of);

}  // namespace
}  // namespace genocuda::cli
