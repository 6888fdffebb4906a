// SPDX-License-Identifier: Apache-2.0
#include "genomics/mapped_reads.h"

#include <fstream>
#include <iterator>
#include <memory>

#include <htslib/sam.h>

#include "tests/genomics/support.h"

namespace genocuda {
namespace {

using Stretches = std::vector<Stretch>;

constexpr std::string_view kHeader = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1000\n@SQ\tSN:chr2\tLN:500\n";

// A line of SAM of a read without sequence; `position` counts from 1.
std::string sam_line(const std::string& name, int flags, const std::string& contig, int position, int quality,
                     const std::string& cigar, int mate = 0, int length = 0, const std::string& tags = "") {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t*\t*{}{}\n", name, flags, contig, position, quality, cigar,
                     mate > 0 ? "=" : "*", mate, length, tags.empty() ? "" : "\t", tags);
}

// Writes the BAM file that says the same as a SAM file.
std::string bam_of(const TemporaryFolder& folder, const std::string& sam) {
  const std::string from = folder.write("from.sam", sam), to = folder.path("reads.bam");
  samFile* in = sam_open(from.c_str(), "r");
  samFile* out = sam_open(to.c_str(), "wb");
  sam_hdr_t* header = sam_hdr_read(in);
  bam1_t* record = bam_init1();
  EXPECT_EQ(sam_hdr_write(out, header), 0);
  while (sam_read1(in, header, record) >= 0) EXPECT_GE(sam_write1(out, header, record), 0);
  bam_destroy1(record);
  sam_hdr_destroy(header);
  sam_close(in);
  EXPECT_EQ(sam_close(out), 0);
  return to;
}

std::vector<MappedRecord> all_of(ReadSource& reads) {
  std::vector<MappedRecord> records;
  MappedRecord record;
  while (reads.next(record)) records.push_back(record);
  return records;
}

std::vector<Fate> fates_of(const std::vector<MappedRecord>& records) {
  std::vector<Fate> fates;
  for (const MappedRecord& record : records) fates.push_back(record.fate);
  return fates;
}

ContigSizes two_contigs() {
  ContigSizes contigs{"sizes", {}, {}};
  contigs.add("chr1", 1000);
  contigs.add("chr2", 500);
  return contigs;
}

std::vector<MappedRecord> text_records(std::string_view text, ReadLayout layout = ReadLayout::detect,
                                       Notices* notices = nullptr) {
  const TemporaryFolder folder;
  return all_of(*open_read_text(folder.write("r.bed", text), two_contigs(), layout, notices));
}

TEST(BamReads, GivesPlacesStrandsAndBlocks) {
  const TemporaryFolder folder;
  const std::string sam = std::string(kHeader) + sam_line("a", 0, "chr1", 11, 30, "5M") +
                          sam_line("b", 16, "chr1", 11, 30, "2S5M2I3M1S") +
                          sam_line("c", 0, "chr1", 21, 30, "4M10N6M") + sam_line("d", 0, "chr2", 1, 30, "3M2D3M4N1M");
  for (const std::string& path : {folder.write("reads.sam", sam), bam_of(folder, sam)}) {
    ASSERT_TRUE(is_alignment_file(path));
    const auto reads = open_bam(path, nullptr, {});
    EXPECT_FALSE(reads->has_fragments());
    EXPECT_EQ(reads->contigs().lengths, (std::vector<std::int64_t>{1000, 500}));
    const std::vector<MappedRecord> records = all_of(*reads);
    ASSERT_EQ(records.size(), 4u);
    EXPECT_EQ(records[0].place, (Stretch{10, 15}));
    EXPECT_EQ(records[0].strand, '+');
    EXPECT_EQ(records[0].blocks, Stretches{});
    EXPECT_EQ(records[1].place, (Stretch{10, 18}));
    EXPECT_EQ(records[1].strand, '-');
    EXPECT_EQ(records[2].place, (Stretch{20, 40}));
    EXPECT_EQ(records[2].blocks, (Stretches{{20, 24}, {34, 40}}));
    EXPECT_EQ(records[3].contig, 1);
    EXPECT_EQ(records[3].blocks, (Stretches{{0, 3}, {5, 8}, {12, 13}}));
  }
}

TEST(BamReads, SaysWhyAReadIsLeftOut) {
  const TemporaryFolder folder;
  const std::string sam = std::string(kHeader) + sam_line("a", 0, "chr1", 1, 9, "5M") +
                          sam_line("b", 0x100, "chr1", 1, 30, "5M") + sam_line("c", 0x800, "chr1", 1, 30, "5M") +
                          sam_line("d", 0x200, "chr1", 1, 30, "5M") + sam_line("e", 0x400, "chr1", 1, 30, "5M") +
                          sam_line("f", 0, "chr1", 1, 10, "5M") + sam_line("g", 0, "chr2", 1, 10, "5M") +
                          sam_line("h", 4, "*", 0, 0, "*");
  const std::string path = bam_of(folder, sam);
  const auto fates = [&](const BamOptions& options, const ContigSizes* contigs = nullptr) {
    return fates_of(all_of(*open_bam(path, contigs, options)));
  };
  using enum Fate;
  BamOptions options;
  options.filter.min_quality = 10;
  EXPECT_EQ(fates(options), (std::vector<Fate>{low_quality, flags, flags, flags, duplicate, kept, kept, unmapped}));
  options.filter.excluded_flags = 0;
  EXPECT_EQ(fates(options), (std::vector<Fate>{low_quality, kept, kept, kept, kept, kept, kept, unmapped}));
  options.filter.required_flags = 0x400;
  EXPECT_EQ(fates(options)[4], kept);
  EXPECT_EQ(fates(options)[5], flags);
  ContigSizes one{"one.sizes", {}, {}};
  one.add("1", 1000);  // by its alias
  const std::vector<Fate> of_one = fates({}, &one);
  EXPECT_EQ(of_one[5], kept);
  EXPECT_EQ(of_one[6], other_contig);
}

TEST(BamReads, GivesEachProperPairOnce) {
  const TemporaryFolder folder;
  const std::string sam = std::string(kHeader) + sam_line("a", 0x63, "chr1", 101, 30, "10M", 151, 60, "MQ:i:5") +
                          sam_line("b", 0xA3, "chr1", 101, 30, "10M", 141, 50) +
                          sam_line("c", 0x61, "chr1", 121, 30, "10M", 131, 20) +  // no proper pair
                          sam_line("b", 0x53, "chr1", 141, 30, "10M", 101, -50) +
                          sam_line("a", 0x93, "chr1", 151, 30, "10M", 101, -60) +
                          sam_line("d", 0, "chr1", 200, 30, "9M");
  const std::string path = bam_of(folder, sam);
  BamOptions options;
  options.pairs = true;
  const auto reads = open_bam(path, nullptr, options);
  EXPECT_TRUE(reads->has_fragments());
  const std::vector<MappedRecord> records = all_of(*reads);
  using enum Fate;
  EXPECT_EQ(fates_of(records), (std::vector<Fate>{kept, second_read, no_pair, kept, second_read, no_pair}));
  EXPECT_EQ(records[0].place, (Stretch{100, 160}));
  EXPECT_EQ(records[0].strand, '+');
  EXPECT_EQ(records[3].place, (Stretch{100, 150}));
  EXPECT_EQ(records[3].strand, '-');  // its first read lies on the reverse strand
  options.filter.min_quality = 10;
  EXPECT_EQ(fates_of(all_of(*open_bam(path, nullptr, options)))[0], low_quality) << "the mate's quality";
}

TEST(BamReads, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  const auto error = ErrorKind::input_file;
  std::string sam(kHeader);
  for (int i = 1; i < 900; ++i) sam += sam_line(fmt::format("read{}", i), 0, "chr1", i, 30, "9M");
  const std::string path = bam_of(folder, sam);
  const auto reading = [](const std::string& file, const ContigSizes* contigs = nullptr) {
    return [file, contigs] { all_of(*open_bam(file, contigs, {})); };
  };
  expect_error(
      error, [] { is_alignment_file("/nowhere/a.bam"); }, "/nowhere/a.bam");
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  expect_error(error, reading(folder.write("cut.bam", bytes.substr(0, bytes.size() - 28))), "cut.bam", "truncated");
  std::string damaged = bytes;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  expect_error(error, reading(folder.write("bad.bam", damaged)), "bad.bam", "damaged");
  expect_error(error, reading(folder.write("none.sam", "@HD\tVN:1.6\n")), "none.sam", "@SQ");
  expect_error(error, reading(folder.write("line.sam", std::string(kHeader) + "read\tx\n")), "line.sam", "record 1");
  ContigSizes other{"other.sizes", {}, {}};
  other.add("chr1", 999);
  expect_error(error, reading(path, &other), "reads.bam", "'chr1'", "1000", "999", "other.sizes");
}

TEST(ReadText, TellsLayoutsByTheirColumns) {
  using enum Fate;
  const auto fragments = text_records("# x\nchr1\t5\t9\nchr2\t0\t500\n");
  EXPECT_EQ(fragments[0].place, (Stretch{5, 9}));
  EXPECT_EQ(fragments[0].strand, '.');
  EXPECT_EQ(fragments[1].contig, 1);
  EXPECT_EQ(text_records("chr1\t5\t9\tACGT-1\t3\n")[0].place, (Stretch{5, 9}));
  const auto reads = text_records("track x\nchr1\t5\t9\tN\t1000\t-\nchr1\t5\t9\tN\t1000\t+\n");
  EXPECT_EQ(reads[0].strand, '-');
  EXPECT_EQ(reads[1].strand, '+');
  const auto pairs = text_records(
      "chr1\t5\t9\tchr1\t20\t30\tn\t1\t+\t-\n"
      "chr1\t20\t30\tchr1\t5\t9\tn\t1\t-\t+\n"
      "chr1\t5\t9\tchr1\t20\t30\tn\t1\t+\t+\n"
      "chr1\t5\t9\tchr1\t20\t30\tn\t1\t-\t+\n"
      "chr1\t5\t9\tchr2\t20\t30\tn\t1\t+\t-\n"
      ".\t-1\t-1\tchr1\t20\t30\tn\t1\t.\t-\n"
      "chr1\t5\t9\tchr1\t20\t30\n");
  EXPECT_EQ(fates_of(pairs), (std::vector<Fate>{kept, kept, no_pair, no_pair, no_pair, unmapped, kept}));
  for (const std::size_t i : {0u, 1u, 6u}) EXPECT_EQ(pairs[i].place, (Stretch{5, 30})) << i;
  EXPECT_EQ(pairs[0].strand, '+');
  EXPECT_EQ(pairs[1].strand, '-');
  EXPECT_EQ(pairs[6].strand, '.');
  EXPECT_EQ(text_records("chr1\t5\t9\tN\t1000\t-\n", ReadLayout::fragments)[0].strand, '.');
  EXPECT_TRUE(text_records("").empty());
}

TEST(ReadText, FindsContigsByAliasAndLeavesOutOthers) {
  using enum Fate;
  Notices notices;
  const auto records = text_records("1\t5\t9\nchr7\t5\t9\n2\t0\t5\nchr7\t5\t9\n", ReadLayout::detect, &notices);
  EXPECT_EQ(fates_of(records), (std::vector<Fate>{kept, other_contig, kept, other_contig}));
  EXPECT_EQ(records[2].contig, 1);
  ASSERT_EQ(notices.lines().size(), 2u);
  EXPECT_NE(notices.lines()[1].find("chr7"), std::string::npos);
}

TEST(ReadText, NamesWhatIsWrong) {
  const auto error = ErrorKind::input_file;
  const auto reading = [](std::string_view text, ReadLayout layout = ReadLayout::detect) {
    return [text, layout] { text_records(text, layout); };
  };
  expect_error(error, reading("chr1\t0\t5\nchr1\t5\n"), "r.bed line 2", "2 columns");
  expect_error(error, reading("chr1\t0\tx\n"), "r.bed line 1", "column 3", "'x'");
  expect_error(error, reading("chr1\t5\t5\n"), "r.bed line 1", "from 5 to 5");
  expect_error(error, reading("chr1\t-1\t5\n"), "r.bed line 1", "from -1 to 5");
  expect_error(error, reading("chr2\t499\t501\n"), "r.bed line 1", "end 501", "'chr2'", "500", "sizes");
  expect_error(error, reading("chr1\t1\t2\tn\t0\t+\nchr1\t1\t2\tn\t0\tx\n"), "r.bed line 2", "no strand");
  expect_error(error, reading("chr1\t1\t2\tn\n", ReadLayout::reads), "r.bed line 1", "4 columns");
}

}  // namespace
}  // namespace genocuda
