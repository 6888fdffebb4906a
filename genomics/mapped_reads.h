// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "genomics/contig_sizes.h"
#include "genomics/notices.h"

namespace genocuda {

/// Bases [start, end) of a contig.
struct Stretch {
  std::int64_t start = 0, end = 0;
  std::int64_t length() const { return end - start; }
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

/// What became of a record: counted, or the first reason why not, in the order in which they are looked at.
enum class Fate : std::uint8_t {
  kept,
  unmapped,
  flags,         ///< secondary, supplementary, failed, or what else the flags asked for say
  duplicate,     ///< marked as one
  no_pair,       ///< not the proper pair that a fragment needs
  second_read,   ///< of a pair, for which its first read stands
  low_quality,   ///< of mapping
  other_contig,  ///< one that is left out or not in the list
  not_drawn,     ///< by the subsample
  other_strand,  ///< not the one asked for, or none where one is needed
  other_length,  ///< a fragment shorter or longer than asked for
  outside,       ///< nothing of it lies on its contig after the shift
  blacklisted,
};
constexpr std::size_t kFates = 13;
/// In words, for a table.
const char* name_of(Fate fate);

/// A read, or the fragment that a pair of reads shows the ends of.
struct MappedRecord {
  Fate fate = Fate::kept;   ///< where it is not kept, the rest need not be filled in
  std::int32_t contig = 0;  ///< of ReadSource::contigs()
  Stretch place;
  char strand = '.';            ///< of a read; of a fragment that of its first read; '.' where it is not known
  std::vector<Stretch> blocks;  ///< the parts of a read between introns and deletions; empty where it has none
  std::uint64_t identity = 0;   ///< the same for both reads of a pair
};

/// What of a BAM file is left out. The defaults leave out what samtools depth does, and supplementary alignments.
struct ReadFilter {
  int min_quality = 0;               ///< of mapping, of both reads of a pair where the aligner wrote the mate's (MQ)
  std::uint16_t required_flags = 0;  ///< all of them must be set
  std::uint16_t excluded_flags = 0x100 | 0x200 | 0x400 | 0x800;  ///< none of them may be: see the SAM specification
};

/// Records of a file of mapped reads, in its order.
class ReadSource {
 public:
  virtual ~ReadSource() = default;

  const ContigSizes& contigs() const { return contigs_; }
  const std::string& path() const { return path_; }
  /// What kind of records they are, for people: "fragments (contig, start, end)".
  virtual const char* kind() const = 0;
  /// Whether they are fragments, and not reads.
  virtual bool has_fragments() const = 0;

  /// The next record; false at the end. Error (input_file) naming file and line or read for what cannot be one.
  virtual bool next(MappedRecord& record) = 0;
  /// The record that next() gave last, to start a message with.
  virtual std::string here() const = 0;

 protected:
  ReadSource(std::string path, ContigSizes contigs) : path_(std::move(path)), contigs_(std::move(contigs)) {}

  std::string path_;
  ContigSizes contigs_;
};

/// Whether a file is SAM or BAM. Error (input_file) where it is missing, CRAM (whose records need the genome) or a
/// pipe.
bool is_alignment_file(const std::string& path);

struct BamOptions {
  ReadFilter filter;
  bool pairs = false;  ///< fragments of proper pairs, each once, in place of reads
  int threads = 1;     ///< that decompress
};

/// Opens SAM or BAM; no index is needed. Contigs are those of its header, or `contigs` where those are not null: names
/// may be aliases of the header's, and records on others are Fate::other_contig. Error (input_file) where the file is
/// damaged, truncated or has no header, or where a contig has another length in `contigs`.
std::unique_ptr<ReadSource> open_bam(const std::string& path, const ContigSizes* contigs, const BamOptions& options,
                                     Notices* notices = nullptr);

/// How the lines of a text file are read.
enum class ReadLayout : std::uint8_t {
  detect,     ///< by the columns of the first line
  fragments,  ///< contig, start, end and whatever: fragments.tsv, three-column "bedpe"
  reads,      ///< BED6 or tagAlign: contig, start, end, name, score, strand
  pairs,      ///< BEDPE: contig, start, end of either read, name, score, and their strands where they are known
};

/// Opens a text file of mapped reads or fragments, plain, gzip or bgzip; comments, `track` and `browser` lines are
/// skipped. A line has six columns or more in the layouts reads (a strand in the sixth) and pairs (whole numbers in the
/// fifth and sixth), fewer in fragments. Error (input_file) naming file and line for what does not fit the layout, and
/// for an end past the end of its contig.
std::unique_ptr<ReadSource> open_read_text(const std::string& path, ContigSizes contigs,
                                           ReadLayout layout = ReadLayout::detect, Notices* notices = nullptr);

}  // namespace genocuda
