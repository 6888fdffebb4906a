// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

/// The severities of the rows on one subject.
std::set<std::string> severities(const std::string& out, const std::string& subject) {
  std::set<std::string> found;
  for (const std::string& row : lines(out)) {
    const std::vector<std::string> finding = columns(row);
    EXPECT_EQ(finding.size(), 3u) << row;
    if (finding.size() == 3 && finding[1] == subject) found.insert(finding[0]);
  }
  return found;
}

TEST(Check, FindsNothingWrongWithSoundData) {
  const TinyFolder folder;
  const Result result = folder.run("check --genome genome.fa --peaks peaks.bed --length 40 --unlabelled 1 --test chr2");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
  for (const char* subject : {"contigs", "unknown bases", "labels"}) {
    EXPECT_EQ(severities(result.out, subject), std::set<std::string>{"info"}) << subject << "\n" << result.out;
  }
  EXPECT_EQ(result.out.find("fatal"), std::string::npos) << result.out;
}

TEST(Check, FailsOnATestSetThatWasTrainedOn) {
  const TinyFolder folder;
  const Result result = folder.run("check --sequences table.csv --test table.csv -o findings.tsv");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(severities(folder.content("findings.tsv"), "leakage").contains("fatal"));
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 1u) << result.err;
  EXPECT_NE(said[0].find("would ruin training"), std::string::npos) << said[0];
}

TEST(Check, FailsOnASingleClass) {
  const TinyFolder folder;
  std::string text = "sequence,bound\n";
  for (unsigned i = 0; i < 10; ++i) text += bases(kLength, i) + ",1\n";
  folder.write("ones.csv", text);
  const Result result = folder.run("check --sequences ones.csv");
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(severities(result.out, "labels").contains("fatal")) << result.out;
}

}  // namespace
}  // namespace genocuda::cli
