// SPDX-License-Identifier: Apache-2.0
#include "genomics/check.h"

#include "genomics/fasta_examples.h"
#include "genomics/sequence_table.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

Examples table_of(const std::string& text) {
  LineReader lines = lines_of(text);
  return read_sequence_table(lines);
}

// Rows of distinct random sequences, alternately positive.
std::string rows(int count, std::uint64_t seed) {
  philox::Generator random(seed, 0);
  std::string text;
  for (int i = 0; i < count; ++i) text += random_letters(random, 30) + (i % 2 ? ",1\n" : ",0\n");
  return text;
}

// How many findings of this severity and subject have this text in their message.
int found(const CheckReport& report, Severity severity, const std::string& subject, const std::string& text) {
  int count = 0;
  for (const Finding& finding : report.findings) {
    count +=
        finding.severity == severity && finding.subject == subject && finding.message.find(text) != std::string::npos;
  }
  return count;
}

std::string printed(const CheckReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += std::string(name_of(finding.severity)) + " " + finding.subject + ": " + finding.message + "\n";
  }
  return text;
}

CheckReport check_parts(const Examples& train, const Examples& test) {
  const CheckedSet sets[] = {{"train", &train}, {"test", &test}};
  return check(sets);
}

TEST(Check, SaysFiguresOfSoundData) {
  const CheckReport report =
      check_parts(table_of("sequence,y\n" + rows(100, 1)), table_of("sequence,y\n" + rows(50, 2)));
  EXPECT_EQ(report.count(Severity::warning), 0) << printed(report);
  EXPECT_FALSE(report.fatal());
  EXPECT_EQ(found(report, Severity::info, "contigs", "train: 100 examples of 30 bases, 100 of them without"), 1)
      << printed(report);
  EXPECT_EQ(found(report, Severity::info, "labels", "test: y: 25 of 50 positive (50 %)"), 1) << printed(report);
}

TEST(Check, FindsDuplicatesOnBothStrands) {
  const Examples train = table_of("sequence,y\nAACC,1\nAACC,1\nGGTT,0\nACGG,0\n");
  const CheckedSet sets[] = {{"train", &train}};
  const CheckReport report = check(sets);
  EXPECT_EQ(found(report, Severity::warning, "duplicates", "2 examples (50 %) repeat"), 1) << printed(report);
  EXPECT_EQ(found(report, Severity::warning, "duplicates", "1 of these have other labels"), 1) << printed(report);
  EXPECT_EQ(found(report, Severity::warning, "duplicates", "test line 4"), 1) << printed(report);
  EXPECT_FALSE(report.fatal());
}

TEST(Check, FindsSequencesOfTrainInTest) {
  philox::Generator random(3, 0);
  const std::string shared = random_letters(random, 30), turned = naive_reverse_complement(shared);
  const Examples train = table_of("sequence,y\n" + rows(100, 1) + shared + ",1\n");
  const CheckReport many = check_parts(train, table_of("sequence,y\n" + rows(15, 2) + turned + ",1\n"));
  EXPECT_EQ(found(many, Severity::fatal, "leakage", "test: 1 examples (6.25 %) have a sequence that stands in train"),
            1)
      << printed(many);
  const CheckReport few = check_parts(train, table_of("sequence,y\n" + rows(500, 2) + turned + ",1\n"));
  EXPECT_EQ(found(few, Severity::warning, "leakage", "1 examples"), 1) << printed(few);
  EXPECT_FALSE(few.fatal());
}

TEST(Check, FindsOverlappingPlaces) {
  const Examples train =
      table_of("sequence,chrom,start,end,y\nAACC,chr1,10,14,1\nACCC,chr1,100,104,0\nACCA,chr2,0,4,0\n");
  const auto test_at = [](const std::string& place) {
    return table_of("sequence,chrom,start,end,y\nTTTG,chr3,0,4,1\nTGTG," + place + ",0\n");
  };
  for (const char* place : {"chr1,13,17", "chr1,7,11", "chr1,10,14", "chr1,11,12", "chr1,0,500", "chr1,103,300"}) {
    const CheckReport report = check_parts(train, test_at(place));
    EXPECT_EQ(found(report, Severity::fatal, "leakage", "test: 1 examples (50 %) overlap places of train, as on chr1"),
              1)
        << place << "\n"
        << printed(report);
  }
  for (const char* place : {"chr1,14,18", "chr1,6,10", "chr1,50,60", "chr4,10,14", "chr2,4,8"}) {
    EXPECT_EQ(check_parts(train, test_at(place)).count(Severity::fatal), 0) << place;
  }
}

TEST(Check, CountsOverlapsAsTheNaiveWayDoes) {
  philox::Generator random(4, 0);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<std::pair<int, int>> places[2];
    std::string text[2] = {"sequence,chrom,start,end\n", "sequence,chrom,start,end\n"};
    for (int set = 0; set < 2; ++set) {
      for (std::uint32_t i = 1 + random.below(8); i > 0; --i) {
        const int start = static_cast<int>(random.below(100)), end = start + 1 + static_cast<int>(random.below(20));
        places[set].emplace_back(start, end);
        text[set] += random_letters(random, 30) + ",chr1," + std::to_string(start) + "," + std::to_string(end) + "\n";
      }
    }
    int expected = 0;
    for (const auto& [start, end] : places[1]) {
      bool any = false;
      for (const auto& [from, to] : places[0]) any |= start < to && from < end;
      expected += any;
    }
    const CheckReport report = check_parts(table_of(text[0]), table_of(text[1]));
    EXPECT_EQ(found(report, Severity::fatal, "leakage", "test: " + std::to_string(expected) + " examples"),
              expected > 0)
        << text[0] << text[1] << printed(report);
  }
}

TEST(Check, FindsTasksThatCannotBeLearned) {
  const std::string header = "sequence,a,b\n";
  const Examples train = table_of(header + "AACC,1,0\nACCC,0,0\nAACG,NA,0\n");
  const Examples test = table_of(header + "AAGC,1,0\nATCC,1,1\n");
  const CheckReport report = check_parts(train, test);
  EXPECT_EQ(found(report, Severity::info, "labels", "train: a: 1 of 2 positive (50 %), 1 missing"), 1)
      << printed(report);
  EXPECT_EQ(found(report, Severity::warning, "labels",
                  "train: 1 of 2 tasks lack positives or negatives and cannot be learned: b"),
            1)
      << printed(report);
  EXPECT_EQ(found(report, Severity::warning, "labels",
                  "test: 1 of 2 tasks lack positives or negatives and cannot be scored: a"),
            1)
      << printed(report);
  const CheckReport none = check_parts(table_of(header + "AACC,1,0\nACCC,1,0\n"), test);
  EXPECT_EQ(found(none, Severity::fatal, "labels", "train: 2 of 2 tasks"), 1) << printed(none);
}

TEST(Check, TakesOtherLabelsForARegression) {
  const CheckReport sound =
      check_parts(table_of("sequence,y\nAACC,0.5\nACCC,-2\n"), table_of("sequence,y\nAAGC,1.5\nAATC,3\n"));
  EXPECT_EQ(found(sound, Severity::info, "labels", "train: y: 2 values of -2 to 0.5, mean -0.75"), 1) << printed(sound);
  EXPECT_FALSE(sound.fatal());
  const CheckReport flat =
      check_parts(table_of("sequence,y\nAACC,0.5\nACCC,0.5\n"), table_of("sequence,y\nAAGC,1.5\n"));
  EXPECT_EQ(found(flat, Severity::fatal, "labels", "train: 1 of 1 tasks have but one value and cannot be learned: y"),
            1)
      << printed(flat);
}

TEST(Check, FindsUnknownBasesAndBounds) {
  const Examples blank = table_of("sequence,y\nNNNN,1\nACGN,0\n");
  Examples outside = table_of("sequence,y\nACCT,1\nACGT,0\n");
  outside.windows[0].start = 4;
  outside.windows[1].start = -1;
  const CheckReport report = check_parts(blank, outside);
  EXPECT_EQ(found(report, Severity::info, "unknown bases", "train: 62.5 % of all bases"), 1) << printed(report);
  EXPECT_EQ(found(report, Severity::fatal, "unknown bases",
                  "train: 1 examples (50 %) have no known base, the first is test line 2"),
            1)
      << printed(report);
  EXPECT_EQ(found(report, Severity::fatal, "bounds",
                  "test: 1 windows (50 %) lie wholly outside their contig, the first is test line 2"),
            1)
      << printed(report);
  EXPECT_EQ(found(report, Severity::info, "bounds", "test: 1 windows (50 %) reach over an end"), 1) << printed(report);
}

TEST(Check, FindsEmptySets) {
  const Examples train = table_of("sequence,y\n" + rows(10, 1)), none = subset(train, std::vector<std::int64_t>{});
  EXPECT_EQ(found(check_parts(train, none), Severity::fatal, "contigs", "test: no examples"), 1);
}

}  // namespace
}  // namespace genocuda
