// SPDX-License-Identifier: Apache-2.0
#include "learn/data/resident_genome.h"

#include <utility>

#include "core/dna.h"
#include "core/error.h"
#include "core/ops/lookup.h"
#include "learn/data/chunked_upload.h"

namespace genocuda {
namespace {

constexpr const char* kCodes = "genome/codes";
constexpr const char* kMask = "genome/mask";
/// A word of the mask: contigs begin at whole words of it, and so at whole words of codes.
constexpr std::int64_t kGrain = 32;

TensorType words(std::size_t bytes) { return {DType::i32, {static_cast<std::int64_t>(bytes / sizeof(std::uint32_t))}}; }

}  // namespace

ResidentGenome::ResidentGenome(Device& device, std::shared_ptr<const Genome> genome) : genome_(std::move(genome)) {
  std::int64_t grains = 0;
  for (std::int32_t contig = 0; contig < genome_->size(); ++contig) {
    begins_.push_back(grains * kGrain);
    grains += dna::mask_words(genome_->length(contig));
  }
  const auto mask_bytes = static_cast<std::size_t>(grains) * sizeof(std::uint32_t);
  codes_ = Buffer(device, 2 * mask_bytes);
  mask_ = Buffer(device, mask_bytes);

  ChunkedUpload codes(device, codes_.data()), mask(device, mask_.data());
  for (std::int32_t contig = 0; contig < genome_->size(); ++contig) {
    const PackedSequence& sequence = genome_->sequence(contig);
    if (sequence.size() != genome_->length(contig)) {
      throw Error(ErrorKind::invalid_argument, "the bases of '{}' are not known, so no device can hold them",
                  genome_->name(contig));
    }
    const std::int64_t code_words = dna::code_words(sequence.size()), mask_words = dna::mask_words(sequence.size());
    codes.append(std::span(sequence.codes(), static_cast<std::size_t>(code_words)));
    constexpr std::uint32_t kFiller = 0;
    if (code_words < 2 * mask_words) codes.append(std::span(&kFiller, 1));
    mask.append(std::span(sequence.mask(), static_cast<std::size_t>(mask_words)));
  }
  codes.finish();
  mask.finish();
}

Value ResidentGenome::windows(Graph& graph, std::int64_t batch, std::int64_t length) const {
  return extract_dna(graph.input(kCodes, words(codes_.bytes())), graph.input(kMask, words(mask_.bytes())),
                     graph.input(kPlaces, {DType::i64, {batch, 4}}), length);
}

SharedInputs ResidentGenome::shared() const {
  return {{kCodes, {words(codes_.bytes()), codes_.data()}}, {kMask, {words(mask_.bytes()), mask_.data()}}};
}

std::vector<std::int64_t> ResidentGenome::places(std::span<const Window> windows) const {
  std::vector<std::int64_t> places;
  places.reserve(4 * windows.size());
  for (const Window& window : windows) {
    const std::int64_t begin = begins_[static_cast<std::size_t>(window.contig)];
    for (const std::int64_t number : {begin + window.start, begin, begin + genome_->length(window.contig),
                                      std::int64_t{window.strand == Strand::reverse}}) {
      places.push_back(number);
    }
  }
  return places;
}

}  // namespace genocuda
