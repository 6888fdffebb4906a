// SPDX-License-Identifier: Apache-2.0
#include "genomics/labelling.h"

#include <algorithm>
#include <cmath>

#include "genomics/fasta_examples.h"
#include "tests/genomics/support.h"

namespace genocuda {
namespace {

using Names = std::vector<std::string>;

PeakSet peaks_of(const std::string& task, std::string_view text) {
  LineReader lines = lines_of(text);
  return {task, read_bed(lines)};
}

std::shared_ptr<const Genome> genome_of(const std::vector<std::pair<std::string, std::string>>& contigs) {
  auto genome = std::make_shared<Genome>("genome.fa");
  for (const auto& [name, letters] : contigs) genome->add(name, PackedSequence(letters));
  return genome;
}

// "chr1:0 10" for each example: its window's start and its labels.
Names described(const Examples& examples) {
  Names lines;
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    std::string line = std::string(examples.chromosome(i)) + ":" +
                       std::to_string(examples.windows[static_cast<std::size_t>(i)].start) + " ";
    for (std::int64_t task = 0; task < examples.task_count(); ++task) {
      line += examples.labels.get(i, task) == 1.f ? '1' : '0';
    }
    lines.push_back(line);
  }
  return lines;
}

BinOptions bins_of(std::int64_t bin, std::int64_t window) {
  BinOptions options;
  options.bin = bin;
  options.window = window;
  options.max_unknown = 1;
  return options;
}

TEST(LabelBins, NeedsMoreThanHalfOfTheBinOrThePoint) {
  const auto genome = genome_of({{"chr1", std::string(105, 'A')}});
  const auto labelled = [&](std::string_view bed) {
    const PeakSet sets[] = {peaks_of("t", bed)};
    return described(label_bins(genome, sets, bins_of(10, 10)).examples);
  };
  EXPECT_EQ(labelled("chr1\t12\t13\n"), Names({"chr1:10 1"}));               // a peak of one base
  EXPECT_EQ(labelled("chr1\t16\t36\n"), Names({"chr1:20 1", "chr1:30 1"}));  // 4, 10 and 6 bases
  EXPECT_EQ(labelled("chr1\t15\t36\n"), Names({"chr1:20 1", "chr1:30 1"}));  // 5 bases are not more than half
  EXPECT_EQ(labelled("chr1\t14\t36\n"), Names({"chr1:10 1", "chr1:20 1", "chr1:30 1"}));
  EXPECT_EQ(labelled("chr1\t17\t21\n"), Names({"chr1:10 1"}));                       // the middle, 19
  EXPECT_EQ(labelled("chr1\t15\t25\tx\t0\t.\t0\t0\t0\t2\n"), Names({"chr1:10 1"}));  // the summit, 17
  // Several peaks count together, overlapping bases once; 3 + 3 of bin 20 but no point in it.
  EXPECT_EQ(labelled("chr1\t12\t23\nchr1\t27\t35\n"), Names({"chr1:10 1", "chr1:20 1", "chr1:30 1"}));
  EXPECT_EQ(labelled("chr1\t13\t23\nchr1\t12\t23\n"), Names({"chr1:10 1"}));
}

TEST(LabelBins, TakesTheOverlapAskedFor) {
  const auto genome = genome_of({{"chr1", std::string(100, 'A')}});
  const PeakSet sets[] = {peaks_of("t", "chr1\t11\t31\n")};  // 9, 10 and 1 bases
  BinOptions options = bins_of(10, 10);
  options.min_overlap = 0;
  EXPECT_EQ(label_bins(genome, sets, options).examples.size(), 3);
  options.min_overlap = 0.9;
  EXPECT_EQ(described(label_bins(genome, sets, options).examples), Names({"chr1:20 1"}));
}

TEST(LabelBins, MatchesTheRuleBaseByBase) {
  philox::Generator random(5, 0);
  for (int trial = 0; trial < 300; ++trial) {
    const std::int64_t bin = 1 + random.below(12), size = 20 + random.below(200);
    const auto genome = genome_of({{"a", std::string(static_cast<std::size_t>(size), 'C')},
                                   {"b", std::string(static_cast<std::size_t>(size / 2), 'C')}});
    std::vector<PeakSet> sets(2);
    std::vector<std::vector<float>> expected;
    for (PeakSet& set : sets) {
      set.task = std::string(&set == sets.data() ? "x" : "y");
      set.peaks.contigs = {"b", "a"};
      for (std::uint32_t i = random.below(8); i > 0; --i) {
        BedInterval peak;
        peak.contig = static_cast<std::int32_t>(random.below(2));
        const std::int64_t own = peak.contig == 1 ? size : size / 2;
        peak.start = random.below(static_cast<std::uint32_t>(own));
        peak.end = std::min<std::int64_t>(own, peak.start + 1 + random.below(30));
        set.peaks.intervals.push_back(peak);
      }
    }
    Names wanted;
    for (const std::string contig : {"a", "b"}) {
      const std::int64_t own = contig == "a" ? size : size / 2;
      for (std::int64_t start = 0; start + bin <= own; start += bin) {
        std::string line = contig + ":" + std::to_string(start) + " ";
        for (const PeakSet& set : sets) {
          std::int64_t covered = 0;
          bool point = false;
          for (std::int64_t at = start; at < start + bin; ++at) {
            bool inside = false;
            for (const BedInterval& peak : set.peaks.intervals) {
              if (set.peaks.contigs[static_cast<std::size_t>(peak.contig)] != contig) continue;
              inside |= at >= peak.start && at < peak.end;
              point |= at == peak.point();
            }
            covered += inside;
          }
          line += 2 * covered > bin || point ? '1' : '0';
        }
        wanted.push_back(line);
      }
    }
    BinOptions options = bins_of(bin, bin);
    options.unlabelled = 1;
    ASSERT_EQ(described(label_bins(genome, sets, options).examples), wanted);
  }
}

TEST(LabelBins, CentresWindowsAndNamesTasks) {
  const auto genome = genome_of({{"chr1", std::string(100, 'A')}, {"chr2", std::string(100, 'A')}});
  const PeakSet sets[] = {peaks_of("a", "chr2\t41\t42\nchr1\t0\t5\n"), peaks_of("b", "2\t41\t42\n")};
  Notices notices;
  const LabelledBins out = label_bins(genome, sets, bins_of(20, 61), &notices);
  EXPECT_EQ(described(out.examples), Names({"chr1:-20 10", "chr2:20 11"}));
  EXPECT_EQ(out.examples.tasks, Names({"a", "b"}));
  EXPECT_EQ(out.examples.length, 61);
  EXPECT_EQ(out.examples.name(1), "chr2:20-81(+)");
  EXPECT_EQ(out.counts.bins, 10);
  EXPECT_EQ(out.counts.labelled, 2);
  EXPECT_EQ(notices.lines(), Names({"contig names matched by alias: 2 = chr2"}));
}

TEST(LabelBins, KeepsAShareOfTheUnlabelled) {
  const auto genome = genome_of({{"chr1", std::string(100000, 'A')}});
  const PeakSet sets[] = {peaks_of("a", "chr1\t0\t10\n")};
  BinOptions options = bins_of(10, 10);
  options.unlabelled = 0.2;
  const LabelledBins some = label_bins(genome, sets, options);
  EXPECT_EQ(some.counts.bins, 10000);
  EXPECT_EQ(some.counts.labelled, 1);
  EXPECT_NEAR(static_cast<double>(some.counts.unlabelled), 2000, 200);
  EXPECT_EQ(some.examples.size(), some.counts.labelled + some.counts.unlabelled);
  EXPECT_EQ(described(label_bins(genome, sets, options).examples), described(some.examples));
  options.seed = 1;
  EXPECT_NE(described(label_bins(genome, sets, options).examples), described(some.examples));
  options.unlabelled = 1;
  EXPECT_EQ(label_bins(genome, sets, options).examples.size(), 10000);
}

TEST(LabelBins, LeavesOutContigsBlacklistAndUnknownBases) {
  const auto genome = genome_of({{"chr1", std::string(50, 'A')},
                                 {"chr2", std::string(20, 'A') + std::string(16, 'N') + std::string(14, 'A')},
                                 {"chrM", std::string(50, 'A')}});
  const PeakSet sets[] = {peaks_of("a", "chr1\t0\t50\nchr2\t0\t50\nchrM\t0\t50\n")};
  const PeakSet blacklist = peaks_of("", "chr1\t19\t20\nchr1\t40\t41\n");
  BinOptions options = bins_of(10, 10);
  options.skip_contigs = {"MT"};
  options.blacklist = &blacklist.peaks;
  options.max_unknown = 0.5;
  const LabelledBins out = label_bins(genome, sets, options);
  EXPECT_EQ(described(out.examples),
            Names({"chr1:0 1", "chr1:20 1", "chr1:30 1", "chr2:0 1", "chr2:10 1", "chr2:40 1"}));
  EXPECT_EQ(out.counts.bins, 10);
  EXPECT_EQ(out.counts.blacklisted, 2);
  EXPECT_EQ(out.counts.unknown, 2);
  EXPECT_EQ(out.counts.labelled, 6);
  options.contigs = {"2"};
  EXPECT_EQ(label_bins(genome, sets, options).examples.size(), 3);
}

TEST(LabelBins, NamesWhatIsWrong) {
  const auto genome = genome_of({{"chr1", std::string(50, 'A')}});
  const PeakSet none[] = {peaks_of("a", "")}, past[] = {peaks_of("a", "chr1\t40\t51\n")},
                some[] = {peaks_of("a", "chr1\t0\t9\n")};
  const auto argument = ErrorKind::invalid_argument, input = ErrorKind::input_file;
  Notices notices;
  expect_error(
      argument, [&] { label_bins(genome, none, bins_of(10, 10), &notices); }, "no bin is left of 5");
  EXPECT_EQ(notices.lines(), Names({"peak files without peaks: test"}));
  expect_error(
      input, [&] { label_bins(genome, past, bins_of(10, 10)); }, "test line 1", "end 51", "genome.fa");
  expect_error(
      argument, [&] { label_bins(genome, some, bins_of(0, 10)); }, "bins of 0");
  BinOptions options = bins_of(10, 10);
  options.unlabelled = 1.5;
  expect_error(
      argument, [&] { label_bins(genome, some, options); }, "1.5");
  options = bins_of(10, 10);
  options.skip_contigs = {"chr7"};
  expect_error(
      input, [&] { label_bins(genome, some, options); }, "'chr7'", "genome.fa");
}

TEST(LabelByOverlap, TakesOneBase) {
  LineReader lines =
      lines_of(">chr2L:11-20\nACGTACGTAC\n>x_chr2L_21_r chr2L:21-30\nACGTACGTAC\n>chrX:-4-5\nACGTACGTAC\n");
  Examples examples = read_fasta_examples(lines);
  const PeakSet sets[] = {peaks_of("a", "2L\t19\t20\n3R\t5\t9\n"), peaks_of("b", "chr2L\t20\t40\nchrX\t0\t1\n"),
                          peaks_of("c", "chr2L\t0\t10\nchr2L\t30\t31\n")};
  Notices notices;
  label_by_overlap(examples, sets, &notices);
  EXPECT_EQ(examples.tasks, Names({"a", "b", "c"}));
  Names labels;
  for (std::int64_t i = 0; i < 3; ++i) {
    std::string& line = labels.emplace_back();
    for (std::int64_t task = 0; task < 3; ++task) line += examples.labels.get(i, task) == 1.f ? '1' : '0';
  }
  EXPECT_EQ(labels, Names({"100", "010", "010"}));
  EXPECT_EQ(notices.lines(),
            Names({"contig names matched by alias: 2L = chr2L", "contigs of peaks without examples: 3R"}));
}

TEST(LabelByOverlap, TakesThePointWhereAsked) {
  LineReader lines = lines_of(">chr1:0-10\nACGTACGTAC\n>chr1:10-20\nACGTACGTAC\n");
  Examples examples = read_fasta_examples(lines);
  const PeakSet sets[] = {peaks_of("middle", "chr1\t4\t17\n"),
                          peaks_of("summit", "chr1\t4\t17\tx\t0\t.\t0\t0\t0\t5\n")};
  label_by_overlap(examples, sets, nullptr, PeakPart::point);
  EXPECT_EQ(described(examples), Names({"chr1:0 01", "chr1:0 10"}));
  label_by_overlap(examples, sets);
  EXPECT_EQ(described(examples), Names({"chr1:0 11", "chr1:0 11"}));
}

TEST(LabelByOverlap, NeedsPlaces) {
  LineReader lines = lines_of(">chr1:0-4\nACGT\n>b\nACGT\n");
  Examples examples = read_fasta_examples(lines);
  const PeakSet sets[] = {peaks_of("a", "chr1\t0\t1\n")};
  expect_error(
      ErrorKind::input_file, [&] { label_by_overlap(examples, sets); }, "test line 3", "'b'");
}

TEST(ReadPeaks, NamesTasksByFile) {
  const TemporaryFolder folder;
  const std::string text = "chr1\t0\t10\n";
  const std::string files[] = {folder.write("Reb1_CX.bed", text), folder.write("a.b.narrowPeak.gz", gzip(text)),
                               "my=" + folder.write("c.bed", text)};
  const std::vector<PeakSet> sets = read_peaks(files);
  EXPECT_EQ(sets[0].task, "Reb1_CX");
  EXPECT_EQ(sets[1].task, "a.b");
  EXPECT_EQ(sets[2].task, "my");
  EXPECT_EQ(sets[2].peaks.intervals.size(), 1u);
  const std::string twice[] = {files[0], "Reb1_CX=" + files[0]};
  expect_error(
      ErrorKind::invalid_argument, [&] { read_peaks(twice); }, "'Reb1_CX'", "NAME=");
}

}  // namespace
}  // namespace genocuda
