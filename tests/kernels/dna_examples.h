// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "core/dna.h"
#include "kernels/dna.h"
#include "tests/kernels/device_array.h"

/// DNA for tests of launchers: on the host as codes, on the device as packed rows or as views into a genome.
namespace genocuda::kernel_test {

/// A position that no sequence has, beside the codes of core/dna.h.
inline constexpr std::uint8_t kNoBase = 5;

using Codes = std::vector<std::uint8_t>;

inline Codes random_codes(std::int64_t length, double unknown, std::mt19937& random) {
  Codes codes(length);
  for (auto& code : codes) {
    const bool is_unknown = std::bernoulli_distribution(unknown)(random);
    code = is_unknown ? dna::kUnknown : static_cast<std::uint8_t>(random() % dna::kBases);
  }
  return codes;
}

inline Codes reverse_complement(const Codes& codes) {
  Codes reversed;
  for (std::size_t i = codes.size(); i-- > 0;) reversed.push_back(dna::complement(codes[i]));
  return reversed;
}

/// A row of a tensor of type dna; a position without a base becomes N.
inline std::vector<std::uint32_t> packed(const Codes& codes) {
  const auto length = static_cast<std::int64_t>(codes.size());
  std::vector<std::uint32_t> row(dna::row_words(length));
  for (std::int64_t i = 0; i < length; ++i) dna::set(row.data(), length, i, std::min(codes[i], dna::kUnknown));
  return row;
}

/// A batch, and where kernels read it from.
class DnaExamples {
 public:
  /// Packed rows.
  static DnaExamples rows(std::vector<Codes> codes, std::int64_t length) {
    DnaExamples examples;
    examples.length = length;
    std::vector<std::uint32_t> words;
    for (const Codes& of_example : codes) {
      const std::vector<std::uint32_t> row = packed(of_example);
      words.insert(words.end(), row.begin(), row.end());
    }
    examples.codes = std::move(codes);
    examples.words_ = std::make_shared<DeviceArray<std::uint32_t>>(words);
    return examples;
  }
  static DnaExamples rows(std::int64_t batch, std::int64_t length, double unknown, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Codes> codes;
    for (std::int64_t b = 0; b < batch; ++b) codes.push_back(random_codes(length, unknown, random));
    return rows(std::move(codes), length);
  }

  /// Views into a genome of three contigs (90, 1 and `length` + 40 bases), on both strands, from before a contig's
  /// first base to behind its last one.
  static DnaExamples views(std::int64_t batch, std::int64_t length, double unknown, unsigned seed) {
    std::mt19937 random(seed);
    const std::int64_t contigs[] = {0, 90, 91, 131 + length};
    const Codes genome = random_codes(contigs[3], unknown, random);
    DnaExamples examples;
    examples.length = length;
    std::vector<kernels::WindowPlace> places;
    for (std::int64_t b = 0; b < batch; ++b) {
      const auto contig = b % 3;
      const std::int64_t begin = contigs[contig], end = contigs[contig + 1];
      const std::int64_t start = begin - length - 2 + static_cast<std::int64_t>(random() % (end - begin + length + 4));
      Codes codes(length, kNoBase);
      for (std::int64_t i = 0; i < length; ++i) {
        if (start + i >= begin && start + i < end) codes[i] = genome[start + i];
      }
      const bool reverse = random() % 2 != 0;
      examples.codes.push_back(reverse ? reverse_complement(codes) : codes);
      places.push_back({start, begin, end, reverse});
    }
    const std::vector<std::uint32_t> row = packed(genome);
    const std::int64_t words = dna::code_words(contigs[3]);
    examples.words_ = std::make_shared<DeviceArray<std::uint32_t>>(std::span(row).first(words));
    examples.mask_ = std::make_shared<DeviceArray<std::uint32_t>>(std::span(row).subspan(words));
    examples.places_ = std::make_shared<DeviceArray<kernels::WindowPlace>>(places);
    return examples;
  }

  std::int64_t batch() const { return static_cast<std::int64_t>(codes.size()); }
  kernels::DnaSource source() const {
    if (places_) return kernels::dna_views(words_->data(), mask_->data(), places_->data(), length);
    return kernels::dna_rows(words_->data(), length);
  }

  std::int64_t length = 0;
  std::vector<Codes> codes;  ///< of each example, along its strand

 private:
  std::shared_ptr<DeviceArray<std::uint32_t>> words_, mask_;
  std::shared_ptr<DeviceArray<kernels::WindowPlace>> places_;
};

}  // namespace genocuda::kernel_test
