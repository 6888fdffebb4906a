// SPDX-License-Identifier: Apache-2.0
#include "genomics/fasta_examples.h"

#include <algorithm>
#include <map>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

using Indices = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

std::string window_letters(const Examples& examples, std::int64_t i) {
  std::vector<std::uint32_t> row(static_cast<std::size_t>(dna::row_words(examples.length)));
  pack_examples(examples, {&i, 1}, row.data());
  return row_letters(row.data(), examples.length);
}

Examples fasta_of(std::string_view text, const FastaExamplesOptions& options = {}, Notices* notices = nullptr) {
  LineReader lines = lines_of(text);
  return read_fasta_examples(lines, options, notices);
}

TEST(FastaHeader, GivesPlacesInEveryStyle) {
  const auto place = place_in_header;
  const auto forward = Strand::forward, reverse = Strand::reverse;
  EXPECT_EQ(place("chr8:100-200", "", 100), (Place{"chr8", 100, 200, forward}));
  EXPECT_EQ(place("chr8:101-200", "", 100), (Place{"chr8", 100, 200, forward}));
  EXPECT_EQ(place("chr8:100-200(-)", "", 100), (Place{"chr8", 100, 200, reverse}));
  EXPECT_EQ(place("chr8:100-200(+)", "", 100), (Place{"chr8", 100, 200, forward}));
  EXPECT_EQ(place("peak_1::chr8:100-200(-)", "", 100), (Place{"chr8", 100, 200, reverse}));
  EXPECT_EQ(place("HLA:1", "other words chr8:100-200 more", 100), (Place{"chr8", 100, 200, forward}));
  EXPECT_EQ(place("NM_1_up_2000_chr2L_16764737_f", "chr2L:16764737-16766736", 2000),
            (Place{"chr2L", 16764736, 16766736, forward}));
  EXPECT_EQ(place("NM_1_up_2000_chr2L_16764737_r", "chr2L:16764737-16766736", 2000),
            (Place{"chr2L", 16764736, 16766736, reverse}));
  EXPECT_EQ(place("NM_1_up_2000_chr3R_-1646_r", "chr3R:-1646-353", 2000), (Place{"chr3R", -1647, 353, reverse}));
  EXPECT_EQ(place("NM_1_up_2000_chr3R_-1646_r", "chr3R:-1646-353", 353), (Place{"chr3R", 0, 353, reverse}));
}

TEST(FastaHeader, GivesNothingWhereNothingFits) {
  for (const char* name :
       {"chr8", "chr8:", "chr8:100", "chr8:100-", "chr8:-200", ":100-200", "chr8:a-b", "chr8:200-100", "chr8:100-300",
        "chr8:9223372036854775000-9223372036854775100", "", ":", "-", "::", "(+)"}) {
    EXPECT_EQ(place_in_header(name, "", 100), std::nullopt) << name;
  }
}

TEST(FastaExamples, TakePlacesFromHeaders) {
  Notices notices;
  const Examples examples = fasta_of(">chr1:10-14\nACGT\n>b chr2:11-14\nTTTT\n>c chr2:1-40\nGGGG\n", {}, &notices);
  EXPECT_EQ(examples.size(), 3);
  EXPECT_TRUE(examples.tasks.empty());
  EXPECT_EQ(examples.name(1), "b");
  EXPECT_EQ(examples.locus(1), (Locus{1, Strand::forward, 10, 14}));
  EXPECT_FALSE(examples.locus(2).known());
  EXPECT_EQ(notices.lines(),
            Names({"places in headers left aside as they do not fit the sequence's length: 1 of test"}));
}

TEST(FastaExamples, DropRepeatsOfPlaceAndStrand) {
  const std::string text =
      ">a_chr1_1_f chr1:1-4\nACGT\n>b_chr1_1_f chr1:1-4\nACGT\n>a_chr1_1_r chr1:1-4\nACGT\n>x\nACGT\n>y\nACGT\n";
  FastaExamplesOptions options;
  EXPECT_EQ(fasta_of(text, options).size(), 5);
  options.drop_repeats = true;
  Notices notices;
  EXPECT_EQ(fasta_of(text, options, &notices).size(), 4);
  EXPECT_EQ(notices.lines(), Names({"records left out: 1 of test that repeat a place"}));
}

TEST(FastaExamples, NameLengthsThatDiffer) {
  expect_error(
      ErrorKind::input_file, [] { fasta_of(">a\nACGT\n>b\nACG\n"); }, "test line 3", "3 bases", "4");
  FastaExamplesOptions options;
  options.length = 2;
  const Examples examples = fasta_of(">a\nACGT\n>b\nA\n", options);
  EXPECT_EQ(window_letters(examples, 0), "CG");
  EXPECT_EQ(window_letters(examples, 1), "AN");
}

TEST(FastaExamples, JoinPositivesAndNegatives) {
  const TemporaryFolder folder;
  const std::string positives = folder.write("p.fa", ">chr1:0-4\nACGT\n>chr2:0-4\nAAAA\n");
  const std::string negatives = folder.write("n.fa", ">other\nCCCC\n");
  const Examples examples = read_positives_and_negatives(positives, negatives);
  EXPECT_EQ(examples.tasks, Names({"positive"}));
  EXPECT_EQ(examples.labels.get(1, 0), 1.f);
  EXPECT_EQ(examples.labels.get(2, 0), 0.f);
  EXPECT_EQ(examples.chromosome(1), "chr2");
  EXPECT_EQ(examples.chromosome(2), "");
  EXPECT_EQ(window_letters(examples, 2), "CCCC");
  EXPECT_NE(examples.origin(2).find("n.fa line 1"), std::string::npos);
  const std::string longer = folder.write("l.fa", ">other\nCCCCC\n");
  expect_error(
      ErrorKind::input_file, [&] { read_positives_and_negatives(positives, longer); }, "p.fa", "l.fa", "4", "5");
}

TEST(FastaExamples, ShuffleEachPositive) {
  philox::Generator random(1, 0);
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += ">chr" + std::to_string(i % 3) + ":" + std::to_string(100 * i) + "-" + std::to_string(100 * i + 60) + "\n" +
            random_letters(random, 60) + "\n";
  }
  const Examples positives = fasta_of(text);
  const Examples examples = with_shuffles(positives, 2, 7, "CTCF");
  ASSERT_EQ(examples.size(), 60);
  EXPECT_EQ(examples.tasks, Names({"CTCF"}));
  for (std::int64_t i = 0; i < 40; ++i) {
    const std::int64_t original = i / 2;
    EXPECT_EQ(examples.labels.get(20 + i, 0), 0.f);
    EXPECT_EQ(examples.labels.get(original, 0), 1.f);
    EXPECT_EQ(examples.locus(20 + i), examples.locus(original));
    std::string a = window_letters(examples, original), b = window_letters(examples, 20 + i);
    EXPECT_NE(a, b);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    EXPECT_EQ(a, b);
  }
  EXPECT_NE(window_letters(examples, 20), window_letters(examples, 21));
  const Examples again = with_shuffles(positives, 2, 7), other = with_shuffles(positives, 2, 8);
  EXPECT_EQ(window_letters(examples, 30), window_letters(again, 30));
  EXPECT_NE(window_letters(examples, 30), window_letters(other, 30));
  expect_error(
      ErrorKind::invalid_argument, [&] { with_shuffles(positives, 0, 1); }, "0 shuffles");
}

TEST(FastaExamples, ShuffleWhatTheWindowShows) {
  FastaExamplesOptions options;
  options.length = 6;
  // A window within a longer record, and one with padding.
  const Examples examples = with_shuffles(fasta_of(">a\nGGACATCAGG\n>b\nACCA\n", options), 1, 1);
  std::string shown = window_letters(examples, 2);
  std::sort(shown.begin(), shown.end());
  EXPECT_EQ(shown, "AAACCT");
  EXPECT_EQ(window_letters(examples, 3), "NACCAN");
  EXPECT_FALSE(examples.locus(2).known());
}

}  // namespace
}  // namespace genocuda
