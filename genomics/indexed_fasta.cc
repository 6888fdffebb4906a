// SPDX-License-Identifier: Apache-2.0
#include "genomics/indexed_fasta.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <htslib/bgzf.h>
#include <htslib/faidx.h>

#include "core/error.h"
#include "genomics/line_reader.h"
#include "genomics/quiet_htslib.h"
#include "genomics/text.h"

namespace genocuda {
struct IndexedFasta::Index {
  faidx_t* faidx = nullptr;
  std::vector<std::int64_t> lengths;
  ~Index() {
    if (faidx) fai_destroy(faidx);
  }
};

IndexedFasta::IndexedFasta(const std::string& path) : path_(path), index_(std::make_unique<Index>()) {
  open_file(path);  // for its message where there is none
  quieten_htslib();
  const bool had_index = std::filesystem::exists(path + ".fai");
  index_->faidx = fai_load3(path.c_str(), nullptr, nullptr, FAI_CREATE);
  if (!index_->faidx) {
    constexpr int kPlain = 0, kGzip = 1;
    const int compression = [&] {
      BGZF* file = bgzf_open(path.c_str(), "r");
      const int kind = file ? bgzf_compression(file) : kPlain;
      if (file) bgzf_close(file);
      return kind;
    }();
    if (compression == kGzip) {
      throw Error(ErrorKind::input_file,
                  "{} is gzip, which cannot be read by region; unpack it or compress it with bgzip", path);
    }
    throw Error(ErrorKind::input_file, "{} has no index that can be {}; is it FASTA, and is its folder writable?", path,
                had_index ? "read (remove its .fai to have it made again)" : "made");
  }
  // The index itself tells lengths in 64 bits, which htslib does since 1.17.
  LineReader lines(path + ".fai");
  std::vector<std::string_view> fields;
  for (std::string_view line; lines.next(line);) {
    split_fields(line, '\t', fields);
    const auto length = fields.size() < 2 ? std::nullopt : parse_integer(fields[1]);
    if (!length)
      throw Error(ErrorKind::input_file, "{} is no index of FASTA; remove it to have it made again", lines.here());
    names_.add(std::string(fields[0]));
    index_->lengths.push_back(*length);
  }
}

IndexedFasta::~IndexedFasta() = default;
IndexedFasta::IndexedFasta(IndexedFasta&&) noexcept = default;
IndexedFasta& IndexedFasta::operator=(IndexedFasta&&) noexcept = default;

std::int64_t IndexedFasta::length(std::int32_t contig) const {
  return index_->lengths[static_cast<std::size_t>(contig)];
}

PackedSequence IndexedFasta::fetch(std::int32_t contig, std::int64_t start, std::int64_t length) const {
  const std::int64_t size = this->length(contig);
  if (start < 0 || length < 0 || start > size || length > size - start) {
    throw Error(ErrorKind::input_file, "{}: {} bases from {} do not lie on contig '{}', which has {}", path_, length,
                start, names_[contig], size);
  }
  PackedSequence sequence;
  if (length == 0) return sequence;
  hts_pos_t fetched = 0;
  const std::unique_ptr<char, decltype(&std::free)> letters(
      faidx_fetch_seq64(index_->faidx, names_[contig].c_str(), start, start + length - 1, &fetched), &std::free);
  if (!letters || fetched != length) {
    throw Error(ErrorKind::input_file, "{}: contig '{}' cannot be read; is its .fai older than the file? remove it",
                path_, names_[contig]);
  }
  const std::string_view text(letters.get(), static_cast<std::size_t>(length));
  const std::size_t packed = sequence.append(text);
  if (packed < text.size()) {
    throw Error(ErrorKind::input_file, "{}: contig '{}' holds a letter at {} that is no base; DNA is A, C, G, T or N",
                path_, names_[contig], start + static_cast<std::int64_t>(packed));
  }
  return sequence;
}

}  // namespace genocuda
