// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "genomics/signal_track.h"
#include "tests/apps/tiny_data.h"

namespace genocuda::cli {
namespace {

constexpr const char* kSam =
    "@SQ\tSN:chr1\tLN:4000\n@SQ\tSN:chr2\tLN:4000\n"
    "a\t0\tchr1\t11\t30\t5M\t*\t0\t0\t*\t*\n"
    "b\t16\tchr1\t13\t30\t5M\t*\t0\t0\t*\t*\n"
    "c\t1040\tchr1\t13\t30\t5M\t*\t0\t0\t*\t*\n"
    "d\t0\tchr1\t13\t3\t5M\t*\t0\t0\t*\t*\n"
    "e\t0\tchr2\t1\t30\t5M\t*\t0\t0\t*\t*\n"
    "f\t4\t*\t0\t0\t*\t*\t0\t0\t*\t*\n";

class Coverage : public testing::Test {
 protected:
  Coverage() {
    folder_.write("reads.sam", kSam);
    folder_.write("fragments.tsv",
                  "chr1\t10\t30\tAAC\t1\nchr1\t20\t50\tAAG\t2\nchrM\t1\t5\tAAC\t1\nchr2\t0\t9\tAAC\t1\n");
    folder_.write("sizes", "chr1\t4000\nchr2\t4000\nchrM\t100\n");
  }

  std::string output(const std::string& arguments) const {
    const Result result = folder_.run("coverage " + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
  }

  TinyFolder folder_;
};

TEST_F(Coverage, WritesWhatReadsCover) {
  const Result result = folder_.run("coverage reads.sam --min-mapq 10");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "chr1\t10\t12\t1\nchr1\t12\t15\t2\nchr1\t15\t17\t1\nchr2\t0\t5\t1\n");
  for (const char* row :
       {"records                                        6  100.00 %",
        "kept                                           3   50.00 %",
        "not mapped                                     1   16.67 %",
        "marked as duplicates                           1", "mapping quality too low                        1"}) {
    EXPECT_NE(result.err.find(row), std::string::npos) << result.err << "\nlacks " << row;
  }
  EXPECT_EQ(output("reads.sam -q --keep-duplicates --count cuts --strand reverse"), "chr1\t16\t17\t2\n");
  EXPECT_EQ(output("reads.sam -q --min-mapq 10 --count cuts --shift=4,-4"),
            "chr1\t12\t13\t1\nchr1\t14\t15\t1\nchr2\t4\t5\t1\n");
  EXPECT_EQ(output("-q --min-mapq 10 --count cuts --shift 4,-4 reads.sam"),
            output("reads.sam -q --min-mapq 10 --count cuts --shift=4,-4"));
  EXPECT_EQ(output("reads.sam -q --skip-contigs 1 --extend 2"), "chr2\t0\t2\t1\n");
  EXPECT_EQ(output("reads.sam -q --exclude-flags 0x400 --require-flags 16"), "chr1\t12\t17\t1\n");
  EXPECT_EQ(folder_.run("coverage reads.sam -q").err, "");
}

TEST_F(Coverage, CountsFragmentsAndTheirCuts) {
  EXPECT_EQ(output("fragments.tsv --sizes sizes -q --skip-contigs chrM"),
            "chr1\t10\t20\t1\nchr1\t20\t30\t2\nchr1\t30\t50\t1\nchr2\t0\t9\t1\n");
  EXPECT_EQ(output("fragments.tsv --sizes sizes -q --skip-contigs MT --count cuts --bin 25 --max-fragment 20"),
            "chr1\t0\t50\t1\nchr2\t0\t25\t2\n");
  // Of six cuts, one is 166,667 in a million.
  EXPECT_EQ(output("fragments.tsv -g genome.fa -q --count cuts --cpm --skip-contigs chr3").substr(0, 20),
            "chr1\t10\t11\t166666.67");
  const Result genome = folder_.run("coverage fragments.tsv -g genome.fa");
  EXPECT_NE(genome.err.find("notice: contigs of fragments.tsv left out: chrM"), std::string::npos) << genome.err;
}

TEST_F(Coverage, WritesTheSameToBigWigAndCompressedBedGraph) {
  const std::string text = output("reads.sam -q");
  output("reads.sam -q -o a.bw");
  output("reads.sam -q -o a.bedgraph.gz");
  output("reads.sam -q -o a.bedgraph");
  EXPECT_EQ(folder_.content("a.bedgraph"), text);
  for (const char* name : {"a.bw", "a.bedgraph.gz"}) {
    const auto track = open_signal(folder_.path(name));
    std::string read;
    for (std::int32_t contig = 0; contig < track->contigs().size(); ++contig) {
      track->visit(contig, 0, 4000, [&](std::span<const SignalRun> runs) {
        for (const SignalRun& run : runs) {
          read += fmt::format("{}\t{}\t{}\t{}\n", track->contigs().names[contig], run.start, run.end, run.value);
        }
      });
    }
    EXPECT_EQ(read, text) << name;
  }
  const std::string bytes = folder_.content("a.bw");
  output("reads.sam -q -o b.bw --threads 3");
  EXPECT_TRUE(folder_.content("b.bw") == bytes);
}

TEST_F(Coverage, DrawsTheSameShareAgain) {
  std::string reads = "@SQ\tSN:chr1\tLN:4000\n";
  for (int i = 0; i < 1000; ++i) reads += fmt::format("r{}\t0\tchr1\t{}\t30\t1M\t*\t0\t0\t*\t*\n", i, 1 + i);
  folder_.write("many.sam", reads);
  const std::string third = output("many.sam -q --subsample 0.3 --bin 4000 --bin-value sum");
  EXPECT_NEAR(std::stod(third.substr(third.rfind('\t'))), 300, 60) << third;
  EXPECT_EQ(output("many.sam -q --subsample 0.3"), output("many.sam -q --subsample 0.3"));
  EXPECT_NE(output("many.sam -q --subsample 0.3"), output("many.sam -q --subsample 0.3 --seed 7"));
}

// Files whose reads have lost their names: pairs are told by their places, and both reads share one fate.
TEST_F(Coverage, DrawsPairsThatAreAllCalledTheSame) {
  std::string reads = "@SQ\tSN:chr1\tLN:4000\n", mates;
  for (int i = 0; i < 1000; ++i) {
    reads += fmt::format("1\t99\tchr1\t{}\t30\t1M\t=\t{}\t2001\t*\t*\n", 1 + i, 2001 + i);
    mates += fmt::format("1\t147\tchr1\t{}\t30\t1M\t=\t{}\t-2001\t*\t*\n", 2001 + i, 1 + i);
  }
  folder_.write("pairs.sam", reads + mates);
  const std::vector<std::string> halves =
      lines(output("pairs.sam -q --subsample 0.3 --count reads --bin 2000 --bin-value sum"));
  ASSERT_EQ(halves.size(), 1u) << "as many first reads as second ones";
  EXPECT_NEAR(std::stod(columns(halves[0]).back()), 300, 60);
}

TEST_F(Coverage, ASignalEndsItInALineAndLeavesNothing) {
  ASSERT_EQ(::mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  const int pipe = ::open(folder_.path("pipe").c_str(), O_RDWR | O_NONBLOCK);  // stays open: the reads never end
  ASSERT_GE(pipe, 0);
  folder_.write("out.bw", "old");
  const std::string read = "chr1\t10\t20\tx\t0\t+\n";
  for (const int number : {SIGINT, SIGTERM}) {
    Process process(folder_.path(), words("coverage pipe --format bed --sizes sizes -o out.bw"));
    const auto end_of_patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!folder_.exists(".out.bw.partial") && std::chrono::steady_clock::now() < end_of_patience) {
      if (::write(pipe, read.data(), read.size()) < 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_TRUE(folder_.exists(".out.bw.partial"));
    process.signal(number);
    const Result end = process.wait();
    EXPECT_EQ(end.status, 1);
    EXPECT_EQ(end.err, "genocuda: interrupted; no unfinished file is left\n");
    EXPECT_FALSE(folder_.exists(".out.bw.partial"));
    EXPECT_EQ(folder_.content("out.bw"), "old");
  }
  ::close(pipe);
}

TEST_F(Coverage, RefusesWhatItCannotDo) {
  folder_.write("text.bed", "chr1\t10\tx\n");
  folder_.write("unsorted.tsv", "chr1\t10\t20\nchr2\t10\t20\nchr1\t30\t40\n");
  folder_.write("far.tsv", "chr1\t10\t20\nchr2\t3990\t4001\n");
  folder_.write("old.bw", "old");
  for (const char* name : {"cuts.bedGraph", "cuts.bw"}) folder_.write(name, "chr1\t10\t20\t5\n");
  folder_.write("track.txt", "track type=bedGraph\nchr1\t10\t20\t5\n");
  struct Wrong {
    std::string arguments;
    std::vector<std::string> parts;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {"none.bam", {"none.bam", "cannot be opened"}},
           {"text.bed --sizes sizes", {"text.bed line 1", "'x'"}},
           {"cuts.bedGraph --sizes sizes", {"cuts.bedGraph", "a signal already"}},
           {"cuts.bw", {"cuts.bw", "a signal already"}},
           {"track.txt --sizes sizes", {"track.txt line 1", "a signal already"}},
           {"fragments.tsv", {"fragments.tsv", "how long its contigs are", "--sizes FILE"}},
           {"fragments.tsv --sizes sizes -g genome.fa", {"--genome and --sizes"}},
           {"fragments.tsv --sizes sizes --count reads", {"fragments.tsv", "count fragments"}},
           {"reads.sam --format bed --sizes sizes", {"reads.sam line 1"}},
           {"unsorted.tsv --sizes sizes", {"unsorted.tsv line 3", "'chr1' comes back", "sort"}},
           {"far.tsv --sizes sizes", {"far.tsv line 2", "end 4001", "'chr2'", "4000"}},
           {"reads.sam --skip-contigs chr9", {"--skip-contigs", "'chr9'", "chr1, chr2"}},
           {"reads.sam --count cuts --extend 5", {"extended"}},
           {"reads.sam -q --min-mapq 60", {"reads.sam", "none of its 6 records"}},
           {"reads.sam --blacklist text.bed", {"text.bed line 1"}},
           {"reads.sam --shift 4", {"--shift"}},
           {"reads.sam --strand up", {"--strand"}},
           {"", {"reads", "required"}},
       }) {
    const Result result = folder_.run("coverage " + wrong.arguments + " -o old.bw");
    EXPECT_EQ(result.status, 2) << wrong.arguments;
    EXPECT_EQ(result.out, "");
    const std::vector<std::string> said = lines(result.err);
    ASSERT_FALSE(said.empty());
    EXPECT_EQ(said.back().find("genocuda: "), 0u) << result.err;
    for (const std::string& part : wrong.parts) EXPECT_NE(said.back().find(part), std::string::npos) << result.err;
    EXPECT_EQ(folder_.content("old.bw"), "old") << wrong.arguments;
    EXPECT_FALSE(folder_.exists(".old.bw.partial")) << wrong.arguments;
  }
  std::filesystem::create_symlink("/dev/null", folder_.path("device.bw"));
  const Result device = folder_.run("coverage reads.sam -q -o device.bw");
  EXPECT_EQ(device.status, 2);
  EXPECT_NE(device.err.find("bigWig cannot be written"), std::string::npos) << device.err;
}

TEST_F(Coverage, LeavesNothingHalfWrittenOnAFullDisk) {
  folder_.write("long.tsv", [] {
    std::string text;
    for (int i = 0; i < 400; ++i) text += fmt::format("chr1\t{}\t{}\n", 10 * i, 10 * i + 1 + i % 7);
    return text;
  }());
  for (const char* name : {"full.bw", "full.bedgraph"}) {
    const Result result =
        folder_.run(fmt::format("coverage long.tsv --sizes sizes -q -o {}", name), {.largest_file = 1000});
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("File too large"), std::string::npos) << result.err;
    EXPECT_FALSE(folder_.exists(name));
  }
}

}  // namespace
}  // namespace genocuda::cli
