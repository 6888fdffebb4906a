// SPDX-License-Identifier: Apache-2.0
// CUDA's arithmetic against values worked out by hand from its documentation.
#include <gtest/gtest.h>
#include <simt/cuda.h>

#include <cmath>
#include <limits>

namespace simt {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Intrinsics, CountAndReverseBits) {
  EXPECT_EQ(__popc(0xf0f00001u), 9);
  EXPECT_EQ(__popcll(~0ull), 64);
  EXPECT_EQ(__clz(1), 31);
  EXPECT_EQ(__clz(0), 32);
  EXPECT_EQ(__clzll(1ll << 33), 30);
  EXPECT_EQ(__ffs(0), 0);
  EXPECT_EQ(__ffs(8), 4);
  EXPECT_EQ(__ffsll(1ll << 40), 41);
  EXPECT_EQ(__brev(1u), 0x80000000u);
  EXPECT_EQ(__brev(0x12345678u), 0x1e6a2c48u);
  EXPECT_EQ(__brevll(1ull), 1ull << 63);
}

TEST(Intrinsics, ShiftTwoWords) {
  EXPECT_EQ(__funnelshift_l(0x89abcdefu, 0x01234567u, 8), 0x23456789u);
  EXPECT_EQ(__funnelshift_r(0x89abcdefu, 0x01234567u, 8), 0x6789abcdu);
  EXPECT_EQ(__funnelshift_l(1, 2, 32), 2u);
  EXPECT_EQ(__funnelshift_r(1, 2, 32), 1u);
  EXPECT_EQ(__funnelshift_lc(1, 2, 32), 1u);
  EXPECT_EQ(__funnelshift_rc(1, 2, 40), 2u);
}

TEST(Intrinsics, PermuteBytes) {
  EXPECT_EQ(__byte_perm(0x33221100u, 0x77665544u, 0x7520), 0x77552200u);
  EXPECT_EQ(__byte_perm(0x00008000u, 0, 0x0019), 0x000080ffu);
}

TEST(Intrinsics, MultiplyIntegers) {
  EXPECT_EQ(__umulhi(0x80000000u, 6u), 3u);
  EXPECT_EQ(__mulhi(-1, 2), -1);
  EXPECT_EQ(__umul64hi(1ull << 63, 6), 3u);
  EXPECT_EQ(__dp4a(0x01ff0203, 0x04050607, 100), 100 + 4 - 5 + 12 + 21);
  EXPECT_EQ(__dp4a(0x01ff0203u, 0x04050607u, 100u), 100u + 4 + 255 * 5 + 12 + 21);
}

TEST(Intrinsics, RoundAsTheirNamesSay) {
  EXPECT_EQ(__float2int_rn(2.5f), 2);
  EXPECT_EQ(__float2int_rn(3.5f), 4);
  EXPECT_EQ(__float2int_rz(-2.7f), -2);
  EXPECT_EQ(__float2int_rd(-2.2f), -3);
  EXPECT_EQ(__float2int_ru(2.2f), 3);
  EXPECT_EQ(__saturatef(1.5f), 1.0f);
  EXPECT_EQ(__saturatef(NAN), 0.0f);
}

TEST(Intrinsics, MinAndMaxPreferTheNumberAndMixTypes) {
  EXPECT_EQ(min(NAN, 1.0f), 1.0f);
  EXPECT_EQ(max(1.0f, NAN), 1.0f);
  EXPECT_EQ(min(-1, 5ll), -1);
  EXPECT_EQ(max(2u, 3), 3u);
}

TEST(Bf16, RoundsToNearestEven) {
  EXPECT_EQ(bf16_bits(1.0f), 0x3f80);
  EXPECT_EQ(bf16_bits(__uint_as_float(0x3f808000u)), 0x3f80);  // half way, even below
  EXPECT_EQ(bf16_bits(__uint_as_float(0x3f818000u)), 0x3f82);  // half way, even above
  EXPECT_EQ(bf16_bits(__uint_as_float(0x3f808001u)), 0x3f81);
  EXPECT_EQ(bf16_bits(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_EQ(bf16_bits(-kInfinity), 0xff80);
  EXPECT_EQ(bf16_bits(-NAN), 0x7fff);
  EXPECT_EQ(bf16_value(0xc040), -3.0f);
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(half_bits(1.0f), 0x3c00);
  EXPECT_EQ(half_bits(-2.0f), 0xc000);
  EXPECT_EQ(half_bits(65504.0f), 0x7bff);
  EXPECT_EQ(half_bits(65519.0f), 0x7bff);
  EXPECT_EQ(half_bits(65520.0f), 0x7c00);
  EXPECT_EQ(half_bits(1.0f + 0x1p-11f), 0x3c00);
  EXPECT_EQ(half_bits(1.0f + 0x3p-11f), 0x3c02);
  EXPECT_EQ(half_bits(0x1p-14f), 0x0400);
  EXPECT_EQ(half_bits(0x1p-14f - 0x1p-26f), 0x0400);  // rounds up into the normal numbers
  EXPECT_EQ(half_bits(0x1p-24f), 0x0001);
  EXPECT_EQ(half_bits(0x1p-25f), 0x0000);
  EXPECT_EQ(half_bits(0x1.8p-25f), 0x0001);
  EXPECT_EQ(half_bits(-0.0f), 0x8000);
  EXPECT_EQ(half_bits(NAN), 0x7fff);
}

TEST(Half, EveryValueSurvivesTheWayThroughFloat) {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const float value = half_value(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_GT(bits & 0x7fffu, 0x7c00u);
    } else {
      EXPECT_EQ(half_bits(value), bits);
    }
  }
}

TEST(Half, RoundsAllThatLiesBetweenTwoValuesToTheNearer) {
  for (unsigned bits = 0; bits < 0x7bff; ++bits) {
    const float below = half_value(static_cast<std::uint16_t>(bits)),
                above = half_value(static_cast<std::uint16_t>(bits + 1));
    const float middle = (below + above) / 2;  // exact in float
    EXPECT_EQ(half_bits(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(half_bits(middle), bits + bits % 2);
    EXPECT_EQ(half_bits(std::nextafter(middle, kInfinity)), bits + 1);
  }
}

}  // namespace
}  // namespace simt
