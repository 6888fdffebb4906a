// SPDX-License-Identifier: Apache-2.0
// What each atomic leaves behind and returns.
#include <gtest/gtest.h>
#include <simt/cuda.h>

namespace simt {
namespace {

TEST(Atomics, ReturnWhatWasThere) {
  int value = 10;
  EXPECT_EQ(atomicAdd(&value, 5), 10);
  EXPECT_EQ(atomicSub(&value, 3), 15);
  EXPECT_EQ(atomicExch(&value, 6), 12);
  EXPECT_EQ(atomicAnd(&value, 3), 6);
  EXPECT_EQ(atomicOr(&value, 8), 2);
  EXPECT_EQ(atomicXor(&value, 1), 10);
  EXPECT_EQ(atomicMin(&value, -4), 11);
  EXPECT_EQ(atomicMax(&value, -9), -4);
  EXPECT_EQ(value, -4);
}

TEST(Atomics, CompareAndSwapWritesOnlyWhereEqual) {
  unsigned long long value = 1ull << 40;
  EXPECT_EQ(atomicCAS(&value, 5, 6), 1ull << 40);
  EXPECT_EQ(value, 1ull << 40);
  EXPECT_EQ(atomicCAS(&value, 1ull << 40, 6), 1ull << 40);
  EXPECT_EQ(value, 6u);
}

TEST(Atomics, IncrementAndDecrementWrapAtTheLimit) {
  unsigned value = 1;
  EXPECT_EQ(atomicInc(&value, 2), 1u);
  EXPECT_EQ(atomicInc(&value, 2), 2u);
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(atomicDec(&value, 7), 0u);
  EXPECT_EQ(value, 7u);
  value = 9;
  EXPECT_EQ(atomicDec(&value, 7), 9u);
  EXPECT_EQ(value, 7u);
}

TEST(Atomics, AddFloatsAndWideIntegers) {
  float value = 0.5f;
  EXPECT_EQ(atomicAdd(&value, 1), 0.5f);
  EXPECT_EQ(value, 1.5f);
  double wide = 1;
  atomicAdd(&wide, 2);
  EXPECT_EQ(wide, 3);
  unsigned long long count = ~0u;
  atomicAdd(&count, 1);
  EXPECT_EQ(count, 1ull << 32);
}

}  // namespace
}  // namespace simt
