// SPDX-License-Identifier: Apache-2.0
// The random numbers of every device, and which units they drop.
#include "core/ops/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/executable.h"
#include "core/philox.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

// The known answers for philox4x32-10 that come with Random123 (kat_vectors).
TEST(Philox, GivesThePublishedNumbers) {
  EXPECT_EQ(philox::block(0, 0, 0), (philox::Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint64_t kOnes = ~std::uint64_t{0};
  EXPECT_EQ(philox::block(kOnes, kOnes, kOnes), (philox::Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox::block(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e),
            (philox::Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, UniformNumbersAreTheWordsInOrder) {
  const philox::Block words = philox::block(7, 5, 9);
  for (int i = 0; i < 4; ++i) {
    const float drawn = philox::uniform(7, 9, 20 + i);
    EXPECT_EQ(drawn, std::ldexp(static_cast<float>(words[i] >> 8), -24));
    EXPECT_GE(drawn, 0);
    EXPECT_LT(drawn, 1);
  }
}

/// Dropout of ones by an implementation, "" for the device's choice.
std::vector<float> mask(std::int64_t elements, std::int32_t step, double rate, std::uint64_t seed, std::uint32_t layer,
                        const std::string& implementation = "") {
  Graph graph;
  graph.output("y", dropout(graph.constant(1, {DType::f32, {elements}}), graph.input("step", {DType::i32, {}}), rate,
                            seed, layer));
  VariableStore variables(oracle());
  ExecutableOptions options;
  if (!implementation.empty()) options.implementations["dropout"] = implementation;
  Executable executable(graph, variables, options);
  executable.write("step", std::span<const std::int32_t>(&step, 1));
  executable.run();
  return executable.read<float>("y");
}

TEST(Dropout, DropsWhatTheContractSays) {
  constexpr std::uint64_t kSeed = 0x123456789abcdef0;
  constexpr std::uint32_t kLayer = 6, kStep = 1234;
  for (const char* implementation : {"", "reference"}) {
    const std::vector<float> y = mask(1001, kStep, 0.25, kSeed, kLayer, implementation);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::uint64_t stream = std::uint64_t{kLayer} << 32 | kStep;
      const bool dropped = philox::uniform(kSeed, stream, i) < 0.25;
      EXPECT_EQ(y[i], dropped ? 0.0f : 1 / 0.75f) << i << ' ' << implementation;
    }
  }
}

// These bits are part of the format of a checkpoint: if they change, a resumed run drops other units.
TEST(Dropout, BitsAreThoseOfTheFirstRelease) {
  std::string bits;
  for (const float y : mask(32, 3, 0.5, 42, 1)) bits += y == 0 ? '0' : '1';
  EXPECT_EQ(bits, "11100011100011000101000110000011");
}

TEST(Dropout, KeepsTheShareItIsToldTo) {
  constexpr int kElements = 100000;
  for (const double rate : {0.0, 0.1, 0.5, 0.9}) {
    const std::vector<float> y = mask(kElements, 1, rate, 1, 1);
    const double dropped = static_cast<double>(std::count(y.begin(), y.end(), 0.0f));
    const double deviation = std::sqrt(kElements * rate * (1 - rate));
    EXPECT_NEAR(dropped, rate * kElements, 5 * deviation) << rate;
  }
}

TEST(Dropout, StepLayerAndSeedDrawTheirOwnNumbers) {
  const std::vector<float> y = mask(64, 1, 0.5, 1, 1);
  EXPECT_EQ(mask(64, 1, 0.5, 1, 1), y);
  EXPECT_NE(mask(64, 2, 0.5, 1, 1), y);
  EXPECT_NE(mask(64, 1, 0.5, 2, 1), y);
  EXPECT_NE(mask(64, 1, 0.5, 1, 2), y);
}

}  // namespace
}  // namespace genocuda::op_test
