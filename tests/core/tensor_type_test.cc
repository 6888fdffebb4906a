// SPDX-License-Identifier: Apache-2.0
#include "core/tensor_type.h"

#include <gtest/gtest.h>

#include "core/dna.h"
#include "core/error.h"

namespace genocuda {
namespace {

TEST(Shape, KnowsItsExtents) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape[-1], 4);
  EXPECT_EQ(shape.elements(), 24);
  EXPECT_EQ(shape.product(1, 3), 12);
  EXPECT_EQ(shape.to_string(), "[2, 3, 4]");
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ((Shape{0, 5}).elements(), 0);
}

TEST(Shape, RefusesWhatCannotBe) {
  EXPECT_THROW((Shape{1, -1}), Error);
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1, 1}), Error);
  EXPECT_THROW((Shape{1 << 30, 1 << 30, 1 << 30}).elements(), Error);
}

TEST(TensorType, CountsBytes) {
  EXPECT_EQ((TensorType{DType::f64, {3, 5}}).bytes(), 120u);
  EXPECT_EQ((TensorType{DType::bf16, {3, 5}}).bytes(), 30u);
  // 600 bases: 38 words of codes and 19 of mask a row, 228 bytes where a float one-hot takes 9600.
  EXPECT_EQ((TensorType{DType::dna, {2, 600}}).bytes(), 2u * 57 * 4);
  EXPECT_THROW(size_of(DType::dna), Error);
}

TEST(Dna, WritesAndReadsBases) {
  constexpr std::int64_t kLength = 37;
  std::vector<std::uint32_t> row(dna::row_words(kLength), 0);
  for (std::int64_t i = 0; i < kLength; ++i) dna::set(row.data(), kLength, i, static_cast<std::uint8_t>(i % 5));
  for (std::int64_t i = 0; i < kLength; ++i) EXPECT_EQ(dna::get(row.data(), kLength, i), i % 5) << i;
}

TEST(Dna, HasOneAlphabet) {
  EXPECT_EQ(dna::code_of('a'), 0);
  EXPECT_EQ(dna::code_of('C'), 1);
  EXPECT_EQ(dna::code_of('g'), 2);
  EXPECT_EQ(dna::code_of('U'), 3);
  EXPECT_EQ(dna::code_of('n'), dna::kUnknown);
  EXPECT_EQ(dna::code_of('R'), dna::kUnknown);
  EXPECT_EQ(dna::code_of('-'), dna::kNotABase);
  EXPECT_EQ(dna::code_of('E'), dna::kNotABase);
  EXPECT_EQ(dna::complement(0), 3);
  EXPECT_EQ(dna::complement(dna::kUnknown), dna::kUnknown);
}

}  // namespace
}  // namespace genocuda
