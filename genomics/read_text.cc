// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "genomics/line_reader.h"
#include "genomics/mapped_reads.h"
#include "genomics/text.h"

namespace genocuda {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::size_t kBedColumns = 6, kPairColumns = 6, kPairStrandColumns = 10;

bool is_strand(std::string_view text) { return text == "+" || text == "-" || text == "."; }

ReadLayout layout_of(const Fields& fields) {
  if (fields.size() < kBedColumns) return ReadLayout::fragments;
  if (is_strand(fields[5])) return ReadLayout::reads;
  if (parse_integer(fields[4]) && parse_integer(fields[5])) return ReadLayout::pairs;
  return ReadLayout::fragments;
}

class ReadText final : public ReadSource {
 public:
  ReadText(const std::string& path, ContigSizes contigs, ReadLayout layout, Notices* notices)
      : ReadSource(path, std::move(contigs)), lines_(path), layout_(layout), notices_(notices) {
    has_line_ = next_line();
    if (layout_ == ReadLayout::detect) layout_ = layout_of(fields_);
  }

  const char* kind() const override {
    switch (layout_) {
      case ReadLayout::reads:
        return "reads (contig, start, end, name, score, strand)";
      case ReadLayout::pairs:
        return "pairs of reads (contig, start, end of either)";
      default:
        return "fragments (contig, start, end)";
    }
  }

  bool has_fragments() const override { return layout_ != ReadLayout::reads; }

  bool next(MappedRecord& record) override {
    if (!has_line_ && !next_line()) return false;
    has_line_ = false;
    record.fate = Fate::kept;
    record.blocks.clear();
    record.identity = static_cast<std::uint64_t>(lines_.line_number());
    record.strand = '.';
    if (layout_ == ReadLayout::pairs) {
      read_pair(record);
    } else {
      require_columns(layout_ == ReadLayout::reads ? kBedColumns : 3);
      record.place = read_place(0);
      if (layout_ == ReadLayout::reads) record.strand = read_strand(5);
    }
    if (record.fate != Fate::kept) return true;
    record.contig = find_contig(fields_[0]);
    if (record.contig < 0) {
      record.fate = Fate::other_contig;
    } else if (record.place.end > contigs_.length(record.contig)) {
      throw Error(ErrorKind::input_file,
                  "{}: end {} lies past the end of contig '{}', which has {} bases in {}; is it another assembly?",
                  here(), record.place.end, fields_[0], contigs_.length(record.contig), contigs_.source);
    }
    return true;
  }

  std::string here() const override { return lines_.here(); }

 private:
  bool next_line() {
    std::string_view line;
    while (lines_.next(line)) {
      if (is_no_record(trim(line))) {
        require_no_bedgraph(trim(line));
        continue;
      }
      split_words(line, fields_);
      return true;
    }
    return false;
  }

  // A bedGraph file's lines pass for fragments, of which each would count as one.
  void require_no_bedgraph(std::string_view line) const {
    if (!is_display_line(line) || line.find("bedGraph") == line.npos) return;
    throw Error(ErrorKind::input_file, "{}: this is a bedGraph, which is a signal already, not reads to count", here());
  }

  void require_columns(std::size_t count) const {
    if (fields_.size() >= count) return;
    throw Error(ErrorKind::input_file, "{}: {} columns, but {} need {}; were its columns separated by tabs?", here(),
                fields_.size(), kind(), count);
  }

  std::int64_t read_position(std::size_t column) const {
    const auto position = parse_integer(fields_[column]);
    if (!position) {
      throw Error(ErrorKind::input_file, "{}: column {} is {}, no whole number; the file is read as {}", here(),
                  column + 1, quoted(fields_[column]), kind());
    }
    return *position;
  }

  // Of the columns contig, start, end from this one on.
  Stretch read_place(std::size_t column) const {
    const Stretch place{read_position(column + 1), read_position(column + 2)};
    if (place.start < 0 || place.start >= place.end) {
      throw Error(ErrorKind::input_file, "{}: nothing goes from {} to {}; positions are 0-based and half-open", here(),
                  place.start, place.end);
    }
    return place;
  }

  char read_strand(std::size_t column) const {
    if (!is_strand(fields_[column])) {
      throw Error(ErrorKind::input_file, "{}: column {} is {}, no strand; the file is read as {}", here(), column + 1,
                  quoted(fields_[column]), kind());
    }
    return fields_[column].front();
  }

  void read_pair(MappedRecord& record) {
    require_columns(kPairColumns);
    if (fields_[0] == "." || fields_[3] == ".") {  // as bedtools bamtobed -bedpe writes a read that is not mapped
      record.fate = Fate::unmapped;
      return;
    }
    const Stretch first = read_place(0), second = read_place(3);
    record.place = {std::min(first.start, second.start), std::max(first.end, second.end)};
    bool facing = fields_[0] == fields_[3];
    if (fields_.size() >= kPairStrandColumns) {
      record.strand = read_strand(8);
      const char other = read_strand(9);
      const Stretch& left = record.strand == '-' ? second : first;
      if (record.strand == '.' || other == '.') {
        record.strand = '.';
      } else {
        facing = facing && record.strand != other && left.start == record.place.start;
      }
    }
    if (!facing) record.fate = Fate::no_pair;
  }

  // Names are looked up with all seen before: together they tell what X means (ContigNames).
  std::int32_t find_contig(std::string_view name) {
    if (contig_ != kNotLookedUp && contig_name_ == name) return contig_;
    contig_name_ = name;
    const auto [entry, added] = contig_numbers_.try_emplace(contig_name_, kNotLookedUp);
    if (added) {
      names_.push_back(contig_name_);
      entry->second = contigs_.names.match(names_, notices_).back();
      if (entry->second < 0 && notices_) notices_->say(fmt::format("contigs of {} left out", path_), contig_name_);
    }
    return contig_ = entry->second;
  }

  static constexpr std::int32_t kNotLookedUp = -2;

  LineReader lines_;
  ReadLayout layout_;
  Notices* notices_;
  Fields fields_;  // of the line that next_line() gave
  bool has_line_ = false;
  std::string contig_name_;
  std::int32_t contig_ = kNotLookedUp;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> contig_numbers_;
};

}  // namespace

std::unique_ptr<ReadSource> open_read_text(const std::string& path, ContigSizes contigs, ReadLayout layout,
                                           Notices* notices) {
  return std::make_unique<ReadText>(path, std::move(contigs), layout, notices);
}

}  // namespace genocuda
