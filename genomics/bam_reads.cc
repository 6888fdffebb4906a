// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <htslib/hts.h>
#include <htslib/sam.h>

#include "core/error.h"
#include "core/name_hash.h"
#include "genomics/byte_source.h"
#include "genomics/mapped_reads.h"
#include "genomics/quiet_htslib.h"

namespace genocuda {
namespace {

struct CloseFile {
  void operator()(htsFile* file) const { hts_close(file); }
};
struct FreeHeader {
  void operator()(sam_hdr_t* header) const { sam_hdr_destroy(header); }
};
struct FreeRecord {
  void operator()(bam1_t* record) const { bam_destroy1(record); }
};

std::unique_ptr<htsFile, CloseFile> open_hts(const std::string& path) {
  quieten_htslib();
  open_file(path);  // for its message where there is none
  return std::unique_ptr<htsFile, CloseFile>(hts_open(path.c_str(), "r"));
}

class BamReads final : public ReadSource {
 public:
  BamReads(const std::string& path, const ContigSizes* wanted, const BamOptions& options, Notices* notices)
      : ReadSource(path, {}), options_(options), file_(open_hts(path)), record_(bam_init1()) {
    if (!file_) throw Error(ErrorKind::input_file, "{} cannot be read as SAM or BAM; is it damaged?", path);
    if (options.threads > 1) hts_set_threads(file_.get(), options.threads);
    if (hts_check_EOF(file_.get()) == 0) throw truncated();
    header_.reset(sam_hdr_read(file_.get()));
    if (!header_ || sam_hdr_nref(header_.get()) == 0) {
      throw Error(ErrorKind::input_file, "{} has no header that names contigs (@SQ); write it again with its header",
                  path);
    }
    ContigSizes own{path, {}, {}};
    std::vector<std::string> names;
    for (int contig = 0; contig < sam_hdr_nref(header_.get()); ++contig) {
      names.emplace_back(sam_hdr_tid2name(header_.get(), contig));
      own.add(names.back(), sam_hdr_tid2len(header_.get(), contig));
    }
    contigs_ = wanted ? *wanted : own;
    numbers_ = contigs_.names.match(names, notices);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (numbers_[i] < 0 || contigs_.length(numbers_[i]) == own.lengths[i]) continue;
      throw Error(ErrorKind::input_file, "{}: contig '{}' has {} bases, but {} in {}; is it another assembly?", path,
                  names[i], own.lengths[i], contigs_.length(numbers_[i]), contigs_.source);
    }
  }

  const char* kind() const override { return options_.pairs ? "pairs of reads" : "reads"; }

  bool has_fragments() const override { return options_.pairs; }

  bool next(MappedRecord& record) override {
    const int status = sam_read1(file_.get(), header_.get(), record_.get());
    if (status == -1) return false;
    ++number_;
    if (status < -1) {
      throw Error(ErrorKind::input_file, "{}: record {} cannot be read; the file is damaged or truncated", path_,
                  number_);
    }
    record.fate = judge();
    if (record.fate != Fate::kept) return true;
    const bam1_core_t& core = record_->core;
    const bool reverse = (core.flag & BAM_FREVERSE) != 0;
    record.contig = numbers_[static_cast<std::size_t>(core.tid)];
    record.strand = reverse ? '-' : '+';
    record.identity = identity();
    record.blocks.clear();
    if (options_.pairs) {
      const std::int64_t start = core.isize > 0 ? core.pos : core.mpos;
      record.place = {start, std::min<std::int64_t>(start + std::abs(core.isize), contigs_.length(record.contig))};
    } else {
      read_blocks(record);
    }
    return true;
  }

  std::string here() const override {
    return fmt::format("{} record {} ('{}')", path_, number_, bam_get_qname(record_.get()));
  }

 private:
  /// Of the name and the places of both reads, which those of a pair share. Names alone will not do: some files have
  /// lost them, and every read is called the same.
  std::uint64_t identity() const {
    const bam1_core_t& core = record_->core;
    const auto place = [](std::int64_t contig, std::int64_t position) {
      return static_cast<std::uint64_t>(contig) << 32 ^ static_cast<std::uint64_t>(position);
    };
    const std::uint64_t own = place(core.tid, core.pos);
    const std::uint64_t mate = (core.flag & BAM_FPAIRED) != 0 ? place(core.mtid, core.mpos) : own;
    std::uint64_t hash = name_hash(bam_get_qname(record_.get()));
    for (const std::uint64_t each : {std::min(own, mate), std::max(own, mate)}) {
      hash = (hash ^ each) * 0x9E3779B97F4A7C15u;
      hash ^= hash >> 29;
    }
    return hash;
  }

  Error truncated() const {
    return Error(ErrorKind::input_file, "{} is truncated: its end marker is missing; copy or write it again", path_);
  }

  Fate judge() const {
    const bam1_core_t& core = record_->core;
    const auto has = [&](std::uint16_t flags) { return (core.flag & flags) != 0; };
    if (has(BAM_FUNMAP) || core.tid < 0) return Fate::unmapped;
    const auto excluded = options_.filter.excluded_flags;
    if (has(excluded & static_cast<std::uint16_t>(~BAM_FDUP))) return Fate::flags;
    if ((core.flag & options_.filter.required_flags) != options_.filter.required_flags) return Fate::flags;
    if (has(excluded & BAM_FDUP)) return Fate::duplicate;
    if (options_.pairs) {
      const bool pair = has(BAM_FPAIRED) && has(BAM_FPROPER_PAIR) && !has(BAM_FMUNMAP) && core.mtid == core.tid;
      if (!pair || core.isize == 0) return Fate::no_pair;
      if (has(BAM_FREAD2)) return Fate::second_read;
    }
    if (core.qual < options_.filter.min_quality || mate_quality() < options_.filter.min_quality) {
      return Fate::low_quality;
    }
    return numbers_[static_cast<std::size_t>(core.tid)] < 0 ? Fate::other_contig : Fate::kept;
  }

  std::int64_t mate_quality() const {
    const std::uint8_t* tag = options_.pairs ? bam_aux_get(record_.get(), "MQ") : nullptr;
    return tag ? bam_aux2i(tag) : record_->core.qual;
  }

  void read_blocks(MappedRecord& record) const {
    const bam1_core_t& core = record_->core;
    const std::uint32_t* cigar = bam_get_cigar(record_.get());
    record.place = {core.pos, bam_endpos(record_.get())};
    Stretch block{core.pos, core.pos};
    for (std::uint32_t i = 0; i < core.n_cigar; ++i) {
      if ((bam_cigar_type(bam_cigar_op(cigar[i])) & 2) == 0) continue;  // takes no base of the contig
      const std::int64_t length = bam_cigar_oplen(cigar[i]);
      if (bam_cigar_op(cigar[i]) == BAM_CREF_SKIP || bam_cigar_op(cigar[i]) == BAM_CDEL) {
        if (block.length() > 0) record.blocks.push_back(block);
        block = {block.end + length, block.end + length};
      } else {
        block.end += length;
      }
    }
    if (!record.blocks.empty() && block.length() > 0) record.blocks.push_back(block);
  }

  BamOptions options_;
  std::unique_ptr<htsFile, CloseFile> file_;
  std::unique_ptr<sam_hdr_t, FreeHeader> header_;
  std::unique_ptr<bam1_t, FreeRecord> record_;
  std::vector<std::int32_t> numbers_;  // of the header's contigs in contigs()
  std::int64_t number_ = 0;
};

}  // namespace

bool is_alignment_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored) &&
      !std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorKind::input_file, "{} is a pipe or device; name a file", path);
  }
  const auto file = open_hts(path);
  if (!file) return false;
  const htsExactFormat format = hts_get_format(file.get())->format;
  if (format == cram) {
    throw Error(ErrorKind::input_file, "{} is CRAM, which is not read here; make BAM of it: samtools view -b", path);
  }
  return format == sam || format == bam;
}

std::unique_ptr<ReadSource> open_bam(const std::string& path, const ContigSizes* contigs, const BamOptions& options,
                                     Notices* notices) {
  return std::make_unique<BamReads>(path, contigs, options, notices);
}

}  // namespace genocuda
