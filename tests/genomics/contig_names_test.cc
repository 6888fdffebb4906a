// SPDX-License-Identifier: Apache-2.0
#include "genomics/contig_names.h"

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

ContigNames names_of(const std::vector<std::string>& names) {
  ContigNames contigs;
  for (const std::string& name : names) contigs.add(name);
  return contigs;
}

// The name that each name is matched with, "-" for none.
std::vector<std::string> matched(const std::vector<std::string>& contigs, const std::vector<std::string>& wanted,
                                 Notices* notices = nullptr) {
  const ContigNames names = names_of(contigs);
  std::vector<std::string> found;
  for (const std::int32_t contig : names.match(wanted, notices)) found.push_back(contig < 0 ? "-" : names[contig]);
  return found;
}

using Names = std::vector<std::string>;
const Names kYeast{"chrI", "chrII", "chrIII", "chrIV",   "chrV",   "chrVI", "chrVII", "chrVIII", "chrIX",
                   "chrX", "chrXI", "chrXII", "chrXIII", "chrXIV", "chrXV", "chrXVI", "chrmt"};

TEST(ContigNames, MatchesWithAndWithoutChr) {
  EXPECT_EQ(matched({"chr1", "chrX"}, {"1", "X", "chr1", "Chr1", "chr2"}),
            Names({"chr1", "chrX", "chr1", "chr1", "-"}));
  EXPECT_EQ(matched({"1", "2L"}, {"chr1", "chr2L", "CHR_1"}), Names({"1", "2L", "1"}));
}

TEST(ContigNames, MatchesMitochondria) {
  for (const std::string own : {"chrM", "MT", "chrmt", "Mito", "M", "MtDNA", "mitochondrion"}) {
    EXPECT_EQ(matched({"chr1", own}, {"chrM", "MT", "chrmt", "Mito", "mitochondrion"}), Names(5, own));
  }
}

TEST(ContigNames, MatchesRomanNumeralsBothWays) {
  EXPECT_EQ(matched(kYeast, {"chr1", "4", "chr10", "chr16", "chr17", "chrM"}),
            Names({"chrI", "chrIV", "chrX", "chrXVI", "-", "chrmt"}));
  EXPECT_EQ(matched({"1", "2", "9", "10", "16"}, {"chrI", "chrIX", "chrX", "XVI", "chrV"}),
            Names({"1", "9", "10", "16", "-"}));
}

TEST(ContigNames, TakesXAsTenOnlyAmongRomanNumerals) {
  // The worm's X is a sex chromosome, and so is a human one that the genome at hand lacks.
  EXPECT_EQ(matched({"I", "II", "III", "IV", "V", "X"}, {"chr10", "chrX", "5"}), Names({"-", "X", "V"}));
  EXPECT_EQ(matched({"chr1", "chr10", "chr22"}, {"chr1", "chrX"}), Names({"chr1", "-"}));
  EXPECT_EQ(matched({"chr1", "chr2", "chr10"}, {"chrII", "chrX"}), Names({"chr2", "chr10"}));
}

TEST(ContigNames, PrefersExactNamesAndLeavesDoubtfulOnes) {
  EXPECT_EQ(matched({"chr1", "1", "Chr2", "2"}, {"1", "chr1", "CHR1", "chr2"}), Names({"1", "chr1", "-", "-"}));
  EXPECT_EQ(matched({"chr", ""}, {"chr", "", "chrchr"}), Names({"chr", "-", "chr"}));
}

TEST(ContigNames, SaysEachAliasOnce) {
  Notices notices;
  matched(kYeast, {"chr1", "chr2", "chrI"}, &notices);
  matched(kYeast, {"chr1", "chr2"}, &notices);
  EXPECT_EQ(notices.lines(), Names({"contig names matched by alias: chr1 = chrI, chr2 = chrII"}));
  matched(kYeast, {"chr3", "chr4", "chr5"}, &notices);
  EXPECT_EQ(notices.lines(),
            Names({"contig names matched by alias: chr1 = chrI, chr2 = chrII, chr3 = chrIII and 2 more"}));
}

TEST(ContigNames, RefusesTheSameNameTwice) {
  ContigNames contigs = names_of({"chr1", "", ""});
  expect_error(
      ErrorKind::invalid_argument, [&] { contigs.add("chr1"); }, "chr1");
  EXPECT_EQ(contigs.size(), 3);
}

}  // namespace
}  // namespace genocuda
