// SPDX-License-Identifier: Apache-2.0
#include "genomics/coverage.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/philox.h"

namespace genocuda {
namespace {

void require_sound(const CoverageOptions& options) {
  const auto refuse = [](const char* why) { throw Error(ErrorKind::invalid_argument, "{}", why); };
  if (options.extension > 0 && options.piece != CoveragePiece::reads) refuse("only whole reads can be extended");
  if (options.extension < 0) refuse("reads are extended by a number of bases above 0");
  if (options.bin < 1) refuse("a bin has at least one base");
  if (!(options.share > 0 && options.share <= 1)) refuse("the share of the reads to draw lies above 0 and up to 1");
  if (options.max_fragment > 0 && options.min_fragment > options.max_fragment) {
    refuse("the shortest fragment asked for is longer than the longest");
  }
}

// The bases that records cover on one contig at a time.
class Counter {
 public:
  Counter(const CoverageOptions& options, SpooledTrack& out)
      : options_(options), out_(out), closed_(out.contigs().lengths.size()) {}

  // Bases of the contigs closed so far.
  std::int64_t bases_behind() const { return bases_behind_; }

  void open(std::int32_t contig, const ReadSource& reads) {
    if (contig == contig_) return;
    close();
    if (closed_[static_cast<std::size_t>(contig)]) {
      throw Error(ErrorKind::input_file,
                  "{}: contig '{}' comes back after others; sort the file (samtools sort, or sort -k1,1 -k2,2n)",
                  reads.here(), out_.contigs().names[contig]);
    }
    contig_ = contig;
    steps_.assign(static_cast<std::size_t>(out_.contigs().length(contig)) + 1, 0);
  }

  void add(const Stretch& piece) {
    ++steps_[static_cast<std::size_t>(piece.start)];
    --steps_[static_cast<std::size_t>(piece.end)];
  }

  void close() {
    if (contig_ < 0) return;
    const std::int64_t length = out_.contigs().length(contig_);
    std::vector<SignalRun> runs;
    const auto append = [&](const SignalRun& run) {
      if (run.value == 0) return;
      if (!runs.empty() && runs.back().end == run.start && runs.back().value == run.value) {
        runs.back().end = run.end;
        return;
      }
      if (runs.size() == kRunsAtATime) {
        out_.append(contig_, runs);
        runs.clear();
      }
      runs.push_back(run);
    };
    std::int64_t depth = 0;
    for (std::int64_t start = 0; start < length; start += options_.bin) {
      const std::int64_t end = std::min(start + options_.bin, length);
      std::int64_t sum = 0;
      for (std::int64_t at = start; at < end; ++at) sum += depth += steps_[static_cast<std::size_t>(at)];
      const double bases = options_.bin_value == BinValue::mean ? static_cast<double>(end - start) : 1;
      append({start, end, static_cast<float>(static_cast<double>(sum) / bases)});
    }
    out_.append(contig_, runs);
    closed_[static_cast<std::size_t>(contig_)] = true;
    bases_behind_ += length;
    contig_ = -1;
  }

 private:
  static constexpr std::size_t kRunsAtATime = 4096;

  const CoverageOptions& options_;
  SpooledTrack& out_;
  std::vector<bool> closed_;
  std::int32_t contig_ = -1;
  std::vector<std::int32_t> steps_;  // by how much the depth changes at each base
  std::int64_t bases_behind_ = 0;
};

// What a record counts for: one or two pieces, or the blocks of a read.
class Geometry {
 public:
  Geometry(const CoverageOptions& options, const ReadSource& reads)
      : options_(options), fragments_(reads.has_fragments()) {
    const char* problem = nullptr;
    if (fragments_ && options.piece == CoveragePiece::reads) problem = "count fragments, or cuts";
    if (!fragments_ && options.piece == CoveragePiece::fragments) problem = "count reads, or cuts";
    if (problem) throw Error(ErrorKind::invalid_argument, "{} has {}: {}", reads.path(), reads.kind(), problem);
  }

  Fate pieces_of(const MappedRecord& record, std::int64_t contig_length, std::vector<Stretch>& pieces) const {
    pieces.clear();
    const std::int64_t length = record.place.length();
    if (fragments_ &&
        (length < options_.min_fragment || (options_.max_fragment > 0 && length > options_.max_fragment))) {
      return Fate::other_length;
    }
    const Stretch moved{record.place.start + options_.forward_shift, record.place.end + options_.reverse_shift};
    const bool cuts = options_.piece == CoveragePiece::cuts;
    if (fragments_ && cuts) {
      if (wants('+')) pieces.push_back({moved.start, moved.start + 1});
      if (wants('-')) pieces.push_back({moved.end - 1, moved.end});
    } else {
      if (!wants(record.strand)) return Fate::other_strand;
      if (fragments_) {
        pieces.push_back(moved);
      } else if (const Fate fate = read_pieces(record, moved, pieces); fate != Fate::kept) {
        return fate;
      }
    }
    std::erase_if(pieces, [&](Stretch& piece) {
      piece.start = std::max<std::int64_t>(piece.start, 0);
      piece.end = std::min(piece.end, contig_length);
      return piece.start >= piece.end;
    });
    if (pieces.empty()) return Fate::outside;
    if (options_.blacklist) {
      const auto listed = [&](const Stretch& piece) {
        return options_.blacklist->overlaps(record.contig, piece.start, piece.end);
      };
      if (!cuts && std::any_of(pieces.begin(), pieces.end(), listed)) return Fate::blacklisted;
      std::erase_if(pieces, listed);
    }
    return pieces.empty() ? Fate::blacklisted : Fate::kept;
  }

 private:
  bool wants(char strand) const { return options_.strand == '.' || options_.strand == strand; }

  Fate read_pieces(const MappedRecord& record, const Stretch& moved, std::vector<Stretch>& pieces) const {
    const bool forward = record.strand == '+';
    const bool shifted = options_.forward_shift != 0 || options_.reverse_shift != 0;
    const std::int64_t bases = options_.piece == CoveragePiece::cuts ? 1 : options_.extension;
    if (record.strand == '.' && (bases > 0 || shifted)) return Fate::other_strand;
    if (bases > 0) {
      pieces.push_back(forward ? Stretch{moved.start, moved.start + bases} : Stretch{moved.end - bases, moved.end});
      return Fate::kept;
    }
    if (record.blocks.empty()) {
      pieces.push_back(record.place);
    } else {
      pieces = record.blocks;
    }
    if (!shifted) return Fate::kept;
    // The moved end may lie before its block, in it or behind it.
    if (forward) {
      std::erase_if(pieces, [&](const Stretch& block) { return block.end <= moved.start; });
      if (!pieces.empty() && (options_.forward_shift < 0 || pieces.front().start < moved.start)) {
        pieces.front().start = moved.start;
      }
    } else {
      std::erase_if(pieces, [&](const Stretch& block) { return block.start >= moved.end; });
      if (!pieces.empty() && (options_.reverse_shift > 0 || pieces.back().end > moved.end)) {
        pieces.back().end = moved.end;
      }
    }
    return pieces.empty() ? Fate::outside : Fate::kept;
  }

  const CoverageOptions& options_;
  bool fragments_;
};

}  // namespace

CoverageCounts cover(ReadSource& reads, const CoverageOptions& options, SpooledTrack& out,
                     const std::function<void(std::int64_t)>& progress) {
  constexpr std::int64_t kBetweenReports = 1 << 14;
  require_sound(options);
  CoverageCounts counts;
  Counter counter(options, out);
  const Geometry geometry(options, reads);
  std::vector<Stretch> pieces;
  MappedRecord record;
  while (reads.next(record)) {
    ++counts.records;
    if (record.fate == Fate::kept) {
      if (options.share < 1 && philox::Generator(options.seed, record.identity).uniform() >= options.share) {
        record.fate = Fate::not_drawn;
      } else {
        record.fate = geometry.pieces_of(record, reads.contigs().length(record.contig), pieces);
      }
    }
    ++counts.fates[static_cast<std::size_t>(record.fate)];
    if (record.fate != Fate::kept) continue;
    counter.open(record.contig, reads);
    for (const Stretch& piece : pieces) counter.add(piece);
    counts.pieces += options.piece == CoveragePiece::cuts ? static_cast<std::int64_t>(pieces.size()) : 1;
    if (progress && counts.records % kBetweenReports == 0) progress(counter.bases_behind() + record.place.start);
  }
  counter.close();
  return counts;
}

}  // namespace genocuda
