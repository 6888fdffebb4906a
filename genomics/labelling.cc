// SPDX-License-Identifier: Apache-2.0
#include "genomics/labelling.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/philox.h"
#include "genomics/interval_union.h"
#include "genomics/named_files.h"

namespace genocuda {
namespace {

constexpr std::uint64_t kUnlabelledStream = 0x62696E73;  // "bins"

// The bins of all contigs in one row, so that a bin is one number.
class Bins {
 public:
  Bins(const Genome& genome, std::int64_t size) : size_(size), first_{0} {
    for (std::int32_t contig = 0; contig < genome.size(); ++contig) {
      first_.push_back(first_.back() + genome.length(contig) / size);
    }
  }

  std::int64_t size() const { return size_; }
  std::int64_t first(std::int32_t contig) const { return first_[static_cast<std::size_t>(contig)]; }
  std::int64_t end(std::int32_t contig) const { return first_[static_cast<std::size_t>(contig) + 1]; }

  // Bins positive for one task, ascending.
  std::vector<std::int64_t> positive(std::span<const BedInterval> peaks, std::int32_t contigs,
                                     double min_overlap) const {
    std::vector<std::int64_t> found;
    for (const BedInterval& peak : peaks) {
      const std::int64_t bin = first(peak.contig) + peak.point() / size_;
      if (bin < end(peak.contig)) found.push_back(bin);
    }
    const double wanted = min_overlap * static_cast<double>(size_);
    const IntervalUnion covered(peaks, contigs);
    for (std::int32_t contig = 0; contig < contigs; ++contig) {
      std::int64_t bin = -1, bases = 0;  // the bin that may be covered by several runs
      const auto close = [&] {
        if (bin >= 0 && bin < end(contig) && static_cast<double>(bases) > wanted) found.push_back(bin);
      };
      for (const IntervalUnion::Run& run : covered.runs(contig)) {
        for (std::int64_t at = run.start; at < run.end;) {
          const std::int64_t stop = std::min(run.end, (at / size_ + 1) * size_);
          if (first(contig) + at / size_ != bin) {
            close();
            bin = first(contig) + at / size_;
            bases = 0;
          }
          bases += stop - at;
          at = stop;
        }
      }
      close();
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

 private:
  std::int64_t size_;
  std::vector<std::int64_t> first_;  // the number of each contig's first bin, and that after the last
};

void require_sound(const BinOptions& options) {
  const auto share = [](double value) { return value >= 0 && value <= 1; };
  if (options.bin < 1 || options.window < 1) {
    throw Error(ErrorKind::invalid_argument, "bins of {} and windows of {} bases cannot be; both are at least 1",
                options.bin, options.window);
  }
  if (!share(options.min_overlap) || !share(options.unlabelled) || !share(options.max_unknown)) {
    throw Error(ErrorKind::invalid_argument,
                "an overlap of {}, {} of the unlabelled bins and {} unknown bases were asked for; shares are 0 to 1",
                options.min_overlap, options.unlabelled, options.max_unknown);
  }
}

// Every (bin, task) that is positive, ordered by bin.
using Positives = std::vector<std::pair<std::int64_t, std::int32_t>>;

Positives find_positives(const Genome& genome, const Bins& bins, std::span<const PeakSet> sets, double min_overlap,
                         Notices* notices) {
  Positives positives;
  for (std::size_t task = 0; task < sets.size(); ++task) {
    if (notices && sets[task].peaks.intervals.empty()) notices->say("peak files without peaks", sets[task].peaks.path);
    const std::vector<BedInterval> peaks = intervals_on(genome, sets[task].peaks, notices);
    for (const std::int64_t bin : bins.positive(peaks, genome.size(), min_overlap)) {
      positives.emplace_back(bin, static_cast<std::int32_t>(task));
    }
  }
  std::sort(positives.begin(), positives.end());
  return positives;
}

std::vector<std::string> task_names(std::span<const PeakSet> sets) {
  std::vector<std::string> tasks;
  for (const PeakSet& set : sets) tasks.push_back(set.task);
  return tasks;
}

}  // namespace

std::vector<PeakSet> read_peaks(std::span<const std::string> files) {
  std::vector<PeakSet> sets;
  for (NamedFile& file : name_files(files, "peak file", "task")) {
    sets.push_back({std::move(file.name), read_bed(file.path)});
  }
  return sets;
}

LabelledBins label_bins(std::shared_ptr<const Genome> genome, std::span<const PeakSet> peaks, const BinOptions& options,
                        Notices* notices) {
  require_sound(options);
  const Bins bins(*genome, options.bin);
  const std::vector<bool> wanted = chosen_contigs(*genome, options.contigs, options.skip_contigs, notices);
  const Positives positives = find_positives(*genome, bins, peaks, options.min_overlap, notices);
  std::vector<BedInterval> blacklist;
  if (options.blacklist) blacklist = intervals_on(*genome, *options.blacklist, notices);
  const IntervalUnion blacklisted(blacklist, genome->size());

  const auto drawn = [&](std::int64_t bin) {
    return philox::uniform(options.seed, kUnlabelledStream, static_cast<std::uint64_t>(bin)) < options.unlabelled;
  };

  LabelledBins out;
  Examples& examples = out.examples;
  examples.length = options.window;
  examples.tasks = task_names(peaks);
  examples.labels = LabelMatrix(0, examples.task_count());
  const double most_unknown = options.max_unknown * static_cast<double>(options.window);
  auto next = positives.begin();
  std::vector<float> labels(peaks.size());
  for (std::int32_t contig = 0; contig < genome->size(); ++contig) {
    for (std::int64_t bin = bins.first(contig); bin < bins.end(contig); ++bin) {
      const auto own = next;
      while (next != positives.end() && next->first == bin) ++next;
      if (!wanted[static_cast<std::size_t>(contig)]) continue;
      ++out.counts.bins;
      const bool labelled = own != next;
      if (!labelled && !drawn(bin)) continue;
      const std::int64_t start = (bin - bins.first(contig)) * options.bin;
      if (blacklisted.overlaps(contig, start, start + options.bin)) {
        ++out.counts.blacklisted;
        continue;
      }
      const Window window{contig, Strand::forward, start - (options.window - options.bin) / 2};
      if (static_cast<double>(genome->sequence(contig).count_unknown(window.start, options.window)) > most_unknown) {
        ++out.counts.unknown;
        continue;
      }
      ++(labelled ? out.counts.labelled : out.counts.unlabelled);
      std::fill(labels.begin(), labels.end(), 0.f);
      for (auto positive = own; positive != next; ++positive) labels[static_cast<std::size_t>(positive->second)] = 1.f;
      examples.windows.push_back(window);
      if (!labels.empty()) examples.labels.append_row(labels);
    }
  }
  if (out.counts.bins == 0) {
    throw Error(ErrorKind::invalid_argument,
                "no contig that is to be cut into bins has the {} bases of one; give a smaller bin", options.bin);
  }
  if (examples.windows.empty()) {
    throw Error(ErrorKind::invalid_argument,
                "no bin is left of {} bins of {} bases; check the peaks and contigs, or keep unlabelled bins",
                out.counts.bins, options.bin);
  }
  examples.genome = std::move(genome);
  return out;
}

void label_by_overlap(Examples& examples, std::span<const PeakSet> peaks, Notices* notices, PeakPart part) {
  ContigNames chromosomes;
  for (std::string& name : examples.chromosome_names()) chromosomes.add(std::move(name));
  std::vector<IntervalUnion> unions;
  for (const PeakSet& set : peaks) {
    const std::vector<std::int32_t> contigs = chromosomes.match(set.peaks.contigs, notices);
    for (std::size_t i = 0; notices && i < contigs.size(); ++i) {
      if (contigs[i] < 0) notices->say("contigs of peaks without examples", set.peaks.contigs[i]);
    }
    std::vector<BedInterval> intervals = set.peaks.intervals;
    for (BedInterval& interval : intervals) {
      interval.contig = contigs[static_cast<std::size_t>(interval.contig)];
      if (part == PeakPart::any_base) continue;
      interval.start = interval.point();
      interval.end = interval.start + 1;
    }
    unions.emplace_back(intervals, chromosomes.size());
  }
  LabelMatrix labels(examples.size(), static_cast<std::int64_t>(peaks.size()));
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const Locus locus = examples.locus(i);
    if (!locus.known()) {
      throw Error(
          ErrorKind::input_file,
          "{}: the place of '{}' is not known, so peaks cannot label it; name it like chr1:100-200 in the header",
          examples.origin(i), examples.name(i));
    }
    for (std::size_t task = 0; task < unions.size(); ++task) {
      if (unions[task].overlaps(locus.chromosome, locus.start, locus.end)) {
        labels.set(i, static_cast<std::int64_t>(task), 1.f);
      }
    }
  }
  examples.tasks = task_names(peaks);
  examples.labels = std::move(labels);
}

}  // namespace genocuda
