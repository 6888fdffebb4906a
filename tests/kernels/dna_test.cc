// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/one_hot.h"
#include "tests/kernels/dna_examples.h"

namespace genocuda::kernel_test {
namespace {

constexpr std::int64_t kLengths[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 300};

/// Both kinds of sources, with and without N, at lengths on both sides of a word's end.
std::vector<DnaExamples> all_examples() {
  std::vector<DnaExamples> all;
  for (const std::int64_t length : kLengths) {
    for (const double unknown : {0.0, 0.3, 1.0}) {
      all.push_back(DnaExamples::rows(3, length, unknown, 1));
      all.push_back(DnaExamples::views(9, length, unknown, 2));
    }
  }
  return all;
}

std::vector<std::uint32_t> packed_all(const std::vector<Codes>& examples) {
  std::vector<std::uint32_t> words;
  for (const Codes& codes : examples) {
    const std::vector<std::uint32_t> row = packed(codes);
    words.insert(words.end(), row.begin(), row.end());
  }
  return words;
}

TEST(Dna, NumbersAreThoseOfTheBaseThatIsThere) {
  for (const DnaExamples& dna : all_examples()) {
    for (const bool quarters : {false, true}) {
      std::vector<float> expected;
      for (const Codes& codes : dna.codes) {
        for (const std::uint8_t code : codes) {
          for (int base = 0; base < dna::kBases; ++base) {
            expected.push_back(code == base ? 1.0f : code == dna::kUnknown && quarters ? 0.25f : 0.0f);
          }
        }
      }
      const DeviceArray<float> numbers(expected.size());
      kernels::one_hot(dna.source(), dna.batch(), quarters, kernels::Storage::f32, numbers.data(), native_stream());
      EXPECT_EQ(numbers.read(), expected) << "length " << dna.length;

      const DeviceArray<std::uint16_t> halves(expected.size());
      kernels::one_hot(dna.source(), dna.batch(), quarters, kernels::Storage::bf16, halves.data(), native_stream());
      std::vector<std::uint16_t> expected_halves;
      for (const float number : expected) expected_halves.push_back(number == 1 ? 0x3f80 : number > 0 ? 0x3e80 : 0);
      EXPECT_EQ(halves.read(), expected_halves) << "length " << dna.length;
    }
  }
}

TEST(Dna, ARowOfAViewHasNWhereTheViewHasNoBase) {
  for (const DnaExamples& dna : all_examples()) {
    const std::vector<std::uint32_t> expected = packed_all(dna.codes);
    const DeviceArray<std::uint32_t> rows(expected.size());
    kernels::extract_dna(dna.source(), dna.batch(), rows.data(), native_stream());
    EXPECT_EQ(rows.read(), expected) << "length " << dna.length;
  }
}

TEST(Dna, StrandsAreTheRowAndItsReverseComplement) {
  for (const DnaExamples& dna : all_examples()) {
    std::vector<Codes> strands;
    for (const Codes& codes : dna.codes) {
      strands.push_back(codes);
      strands.push_back(reverse_complement(codes));
    }
    const std::vector<std::uint32_t> expected = packed_all(strands);
    const DeviceArray<std::uint32_t> rows(expected.size());
    kernels::both_strands(dna.source(), dna.batch(), rows.data(), native_stream());
    EXPECT_EQ(rows.read(), expected) << "length " << dna.length;
  }
}

TEST(Dna, NothingIsLaunchedForNoSequences) {
  const DnaExamples dna = DnaExamples::rows(0, 7, 0, 1);
  kernels::one_hot(dna.source(), 0, false, kernels::Storage::f32, nullptr, native_stream());
  kernels::extract_dna(dna.source(), 0, nullptr, native_stream());
  kernels::both_strands(dna.source(), 0, nullptr, native_stream());
}

}  // namespace
}  // namespace genocuda::kernel_test
