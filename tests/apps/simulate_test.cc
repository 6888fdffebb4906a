// SPDX-License-Identifier: Apache-2.0
// The verb simulate.
#include <algorithm>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/apps/refusal.h"

namespace genocuda::cli {
namespace {

TEST(Simulate, LeavesSequencesSitesAndSettings) {
  const TinyFolder folder;
  const std::string simulate = "simulate spacing --site GATAAG,TGACTCA --gap 5-8 --length 60 --count 40 -o ";
  const Result result = folder.run(simulate + "out");
  ASSERT_EQ(result.status, 0) << result.err;
  const std::vector<std::string> rows = lines(folder.content("out/sequences.tsv"));
  const std::vector<std::string> sites = lines(folder.content("out/embeddings.bed"));
  ASSERT_EQ(rows.size(), 41u);
  ASSERT_EQ(sites.size(), 80u);
  EXPECT_EQ(rows[0], "name\tsequence\tlabel");
  for (const std::string& line : sites) {
    const std::vector<std::string> site = columns(line);
    const std::vector<std::string> row = columns(rows[std::stoul(site[0].substr(9))]);  // "simulated12"
    const auto start = std::stoul(site[1]), end = std::stoul(site[2]);
    const std::string found = row[1].substr(start, end - start);
    EXPECT_EQ(site[5] == "+" ? found : reverse_complement(found), site[3]);
  }
  EXPECT_EQ(lines(folder.content("out/sequences.fa"))[2], ">simulated2 label=1");
  EXPECT_EQ(lines(folder.content("out/sequences.fa"))[3], columns(rows[2])[1]);
  const auto settings = nlohmann::json::parse(folder.content("out/settings.json"));
  EXPECT_EQ(settings["kind"], "spacing");
  EXPECT_EQ(settings["gap"], (std::vector{5, 8}));
  EXPECT_EQ(settings["motifs"][1]["id"], "TGACTCA");

  const std::string embeddings = folder.content("out/embeddings.bed");
  expect_refusal(folder.run(simulate + "out --seed 2"), {"out/sequences.tsv is there already", "--overwrite"});
  expect_refusal(folder.run(simulate + "out --overwrite --background out/sequences.fa"),
                 {"out/sequences.fa would be replaced", "--background"});
  EXPECT_EQ(folder.content("out/embeddings.bed"), embeddings);
  EXPECT_EQ(folder.run(simulate + "out --overwrite").status, 0);

  folder.run(simulate + "again");
  EXPECT_EQ(folder.content("again/sequences.tsv"), folder.content("out/sequences.tsv"));
  folder.run(simulate + "other --seed 2");
  EXPECT_NE(folder.content("other/sequences.tsv"), folder.content("out/sequences.tsv"));
}

TEST(Simulate, BackgroundIsLearnedFromAGenomeAndTrainReadsTheTable) {
  const TinyFolder folder;
  folder.write("at.fa", ">a\n" + std::string(200, 'A') + "T\n");
  const Result result = folder.run(
      "simulate density --site GGGCCC --copies 2 --negative-copies 0 --background at.fa --order 1 --length 40 --count "
      "60 "
      "--forward -o out");
  ASSERT_EQ(result.status, 0) << result.err;
  const std::vector<std::string> negative = columns(lines(folder.content("out/sequences.tsv"))[1]);
  EXPECT_EQ(negative[2], "0");
  EXPECT_GT(std::ranges::count(negative[1], 'A'), 25);
  EXPECT_EQ(folder.run("check --sequences out/sequences.tsv").status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Simulations, Refused,
    testing::Values(
        WrongInput{"NoMotif", "simulate single -o result", {"--motifs", "--site"}},
        WrongInput{"NoBaseInASite", "simulate single -o result --site GATXAG", {"GATXAG", "'X'"}},
        WrongInput{"OneMotifOfTwo", "simulate spacing -o result --site GATAAG", {"1 motif", "two or more"}},
        WrongInput{"NoRange", "simulate density -o result --site GATAAG --copies many", {"--copies", "'many'"}},
        WrongInput{"NothingTellsApart",
                   "simulate density -o result --site GATAAG --copies 1-3 --negative-copies 0-2",
                   {"nothing tells them apart"}},
        WrongInput{"TooShort", "simulate single -o result --site GATAAG --length 5", {"6 bases", "5"}},
        WrongInput{"OrderOfNothing", "simulate single -o result --site GATAAG --order 2", {"--order 2", "FASTA"}},
        WrongInput{"UnknownMotif",
                   "simulate single -o result --motifs bad.pfm --only CTCF",
                   {"bad.pfm", "'CTCF'"},
                   "bad.pfm",
                   ">m\n1 2 3 4\n"},
        WrongInput{"UnknownKind", "simulate wish -o result --site GATAAG", {"wish", "spacing"}}),
    name_of);

}  // namespace
}  // namespace genocuda::cli
