// SPDX-License-Identifier: Apache-2.0
// Tensor cores, ldmatrix and cp.async of this device against the formulas and tables of the PTX ISA.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <ostream>
#include <random>
#include <vector>

#include "tests/kernels/conformance.h"
#include "tests/kernels/device_array.h"

namespace genocuda::kernel_test {
namespace {

constexpr int kLanes = 32, kRows = 16, kColumns = 8;

std::uint32_t f32_bits(float value) { return std::bit_cast<std::uint32_t>(value); }

// For numbers that the type holds exactly, which are the only ones here.
std::uint32_t bf16_bits(float value) { return f32_bits(value) >> 16; }
std::uint32_t f16_bits(float value) {
  if (value == 0) return 0;
  const std::uint32_t bits = f32_bits(value);
  return (bits >> 16 & 0x8000u) | (((bits >> 23 & 0xffu) - 112) << 10 | (bits >> 13 & 0x3ffu));
}

struct Position {
  int row, column;
};

/// A shape of mma.sync: "The row and column of a matrix fragment can be computed as", PTX ISA 9.7.14.5.
struct Shape {
  const char* name;
  Mma mma;
  int depth;
  /// Elements in a register.
  int packed;
  std::uint32_t (*bits)(float value);
  Position (*a)(int lane, int i);
  Position (*b)(int lane, int i);
};

void PrintTo(const Shape& shape, std::ostream* stream) { *stream << shape.name; }

// m16n8k8, .tf32
Position a_of_k8(int lane, int i) {
  const int group = lane >> 2, in_group = lane % 4;
  return {i == 0 || i == 2 ? group : group + 8, i == 0 || i == 1 ? in_group : in_group + 4};
}
Position b_of_k8(int lane, int i) {
  const int group = lane >> 2, in_group = lane % 4;
  return {i == 0 ? in_group : in_group + 4, group};
}
// m16n8k16, .f16 and .bf16
Position a_of_k16(int lane, int i) {
  const int group = lane >> 2, in_group = lane % 4;
  return {(0 <= i && i < 2) || (4 <= i && i < 6) ? group : group + 8,
          i < 4 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8};
}
Position b_of_k16(int lane, int i) {
  const int group = lane >> 2, in_group = lane % 4;
  return {i < 2 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8, group};
}
// All shapes' accumulators
Position accumulator(int lane, int i) {
  const int group = lane >> 2, in_group = lane % 4;
  return {i < 2 ? group : group + 8, in_group * 2 + (i & 1)};
}

const Shape kShapes[] = {
    {"m16n8k8_tf32", Mma::m16n8k8_tf32, 8, 1, &f32_bits, &a_of_k8, &b_of_k8},
    {"m16n8k16_bf16", Mma::m16n8k16_bf16, 16, 2, &bf16_bits, &a_of_k16, &b_of_k16},
    {"m16n8k16_f16", Mma::m16n8k16_f16, 16, 2, &f16_bits, &a_of_k16, &b_of_k16},
};

/// The matrices, row by row.
struct Problem {
  std::vector<float> a, b, c;

  explicit Problem(int depth)
      : a(static_cast<std::size_t>(kRows * depth)),
        b(static_cast<std::size_t>(depth * kColumns)),
        c(kRows * kColumns) {}
};

std::vector<std::uint32_t> pack(const std::vector<float>& matrix, int width, int registers, const Shape& shape,
                                Position (*position)(int lane, int i)) {
  std::vector<std::uint32_t> packed(static_cast<std::size_t>(kLanes * registers));
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int i = 0; i < registers * shape.packed; ++i) {
      const Position p = position(lane, i);
      const std::uint32_t bits = shape.bits(matrix[static_cast<std::size_t>(p.row * width + p.column)]);
      packed[static_cast<std::size_t>(lane * registers + i / shape.packed)] |= bits << (16 * (i % shape.packed));
    }
  }
  return packed;
}

std::vector<float> product(const Shape& shape, const Problem& problem) {
  std::vector<float> c(kLanes * 4);
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int i = 0; i < 4; ++i) {
      const Position p = accumulator(lane, i);
      c[static_cast<std::size_t>(4 * lane + i)] = problem.c[static_cast<std::size_t>(p.row * kColumns + p.column)];
    }
  }
  const DeviceArray<std::uint32_t> a(pack(problem.a, shape.depth, 4, shape, shape.a));
  const DeviceArray<std::uint32_t> b(pack(problem.b, kColumns, 2, shape, shape.b));
  const DeviceArray<float> c_fragments(c), d_fragments(c.size());
  run_mma(shape.mma, a.data(), b.data(), c_fragments.data(), d_fragments.data(), native_stream());
  const std::vector<float> fragments = d_fragments.read();
  std::vector<float> d(kRows * kColumns, std::numeric_limits<float>::quiet_NaN());
  for (int lane = 0; lane < kLanes; ++lane) {
    for (int i = 0; i < 4; ++i) {
      const Position p = accumulator(lane, i);
      d[static_cast<std::size_t>(p.row * kColumns + p.column)] = fragments[static_cast<std::size_t>(4 * lane + i)];
    }
  }
  return d;
}

class MmaConformance : public ::testing::TestWithParam<Shape> {};

TEST_P(MmaConformance, EveryElementLiesWhereTheTableSays) {
  const Shape& shape = GetParam();
  // One element of A at a time, against a B of small whole numbers, all different within a row: the answer is exact and
  // says which element it was.
  Problem problem(shape.depth);
  for (int k = 0; k < shape.depth; ++k) {
    for (int n = 0; n < kColumns; ++n)
      problem.b[static_cast<std::size_t>(k * kColumns + n)] = static_cast<float>(8 * k + n + 1);
  }
  for (int row = 0; row < kRows; ++row) {
    for (int k = 0; k < shape.depth; ++k) {
      problem.a.assign(problem.a.size(), 0);
      problem.a[static_cast<std::size_t>(row * shape.depth + k)] = 1;
      std::vector<float> expected(kRows * kColumns);
      for (int n = 0; n < kColumns; ++n) {
        expected[static_cast<std::size_t>(row * kColumns + n)] = problem.b[static_cast<std::size_t>(k * kColumns + n)];
      }
      ASSERT_EQ(product(shape, problem), expected) << "A(" << row << ", " << k << ")";
    }
  }
}

TEST_P(MmaConformance, AddsToTheAccumulator) {
  const Shape& shape = GetParam();
  Problem problem(shape.depth);
  for (std::size_t i = 0; i < problem.c.size(); ++i) problem.c[i] = static_cast<float>(i) - 50;
  EXPECT_EQ(product(shape, problem), problem.c);
}

TEST_P(MmaConformance, ProductsAgreeWithDouble) {
  const Shape& shape = GetParam();
  std::mt19937 random(7);
  // Multiples of 1/128 below 2 in magnitude: seven or eight bits of mantissa, which every type holds.
  std::uniform_int_distribution<int> multiple(-127, 127);
  for (int trial = 0; trial < 4; ++trial) {
    Problem problem(shape.depth);
    for (auto* matrix : {&problem.a, &problem.b}) {
      for (float& value : *matrix) value = static_cast<float>(multiple(random)) / 64;
    }
    for (float& value : problem.c) value = static_cast<float>(multiple(random)) / 3;
    const std::vector<float> d = product(shape, problem);
    for (int row = 0; row < kRows; ++row) {
      for (int column = 0; column < kColumns; ++column) {
        const auto place = static_cast<std::size_t>(row * kColumns + column);
        double expected = problem.c[place], magnitude = std::abs(expected);
        for (int k = 0; k < shape.depth; ++k) {
          const double term = static_cast<double>(problem.a[static_cast<std::size_t>(row * shape.depth + k)]) *
                              problem.b[static_cast<std::size_t>(k * kColumns + column)];
          expected += term;
          magnitude += std::abs(term);
        }
        // Tensor cores cut off below the 24th bit of the largest term, once for each term at worst.
        EXPECT_NEAR(d[place], expected, magnitude * 0x1p-22) << "D(" << row << ", " << column << ")";
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ptx, MmaConformance, ::testing::ValuesIn(kShapes),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(LdmatrixConformance, EveryLaneGetsTwoNeighboursOfEachMatrixOrOfItsTranspose) {
  struct Load {
    Ldmatrix load;
    int matrices;
    bool transposed;
  };
  std::vector<std::uint16_t> elements(4 * 8 * 8);
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<std::uint16_t>(1000 + i);
  const DeviceArray<std::uint16_t> matrices(elements);
  for (const Load& load : {Load{Ldmatrix::x2, 2, false}, Load{Ldmatrix::x2_trans, 2, true},
                           Load{Ldmatrix::x4, 4, false}, Load{Ldmatrix::x4_trans, 4, true}}) {
    const DeviceArray<std::uint32_t> registers(kLanes * 4);
    run_ldmatrix(load.load, matrices.data(), registers.data(), native_stream());
    const std::vector<std::uint32_t> got = registers.read();
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int m = 0; m < load.matrices; ++m) {
        const int row = lane / 4, column = lane % 4 * 2;
        const auto element = [&](int r, int c) {
          return std::uint32_t{elements[static_cast<std::size_t>(64 * m + (load.transposed ? 8 * c + r : 8 * r + c))]};
        };
        EXPECT_EQ(got[static_cast<std::size_t>(4 * lane + m)], element(row, column) | element(row, column + 1) << 16)
            << "lane " << lane << ", matrix " << m << " of " << load.matrices
            << (load.transposed ? ", transposed" : "");
      }
    }
  }
}

TEST(Tf32Conformance, RoundsToTenBitsAndTiesAwayFromZero) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<std::pair<float, float>> examples{
      {1.0f, 1.0f},
      {1.0f + 0x1p-11f, 1.0f + 0x1p-10f},  // a tie
      {-1.0f - 0x1p-11f, -1.0f - 0x1p-10f},
      {1.0f + 0x3p-11f, 1.0f + 0x2p-10f},  // a tie between 1 and 2 in the last place
      {1.0f + 0x1.fp-12f, 1.0f},
      {2.0f - 0x1p-23f, 2.0f},
      {0x1p-126f, 0x1p-126f},
      {0.0f, 0.0f},
      {kInfinity, kInfinity},
      {-kInfinity, -kInfinity},
  };
  std::vector<float> x(kLanes);
  for (std::size_t i = 0; i < examples.size(); ++i) x[i] = examples[i].first;
  const DeviceArray<float> input(x);
  const DeviceArray<std::uint32_t> output(kLanes);
  run_to_tf32(input.data(), output.data(), native_stream());
  const std::vector<std::uint32_t> bits = output.read();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    EXPECT_EQ(std::bit_cast<float>(bits[i] & 0xffffe000u), examples[i].second) << examples[i].first;
  }
}

TEST(CpAsyncConformance, FillsWithZerosPastTheSource) {
  std::vector<float> x(4 * kLanes);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i + 1);
  const DeviceArray<float> input(x);
  for (const int source_bytes : {0, 4, 6, 12, 16}) {
    std::vector<float> expected(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const int bytes = source_bytes - 4 * static_cast<int>(i % 4);
      const std::uint32_t mask = bytes >= 4 ? ~0u : bytes <= 0 ? 0 : (1u << (8 * bytes)) - 1;
      expected[i] = std::bit_cast<float>(f32_bits(x[i]) & mask);
    }
    const DeviceArray<float> by16(x.size()), by4(x.size());
    run_cp_async(input.data(), by16.data(), by4.data(), source_bytes, native_stream());
    EXPECT_EQ(by16.read(), expected) << source_bytes << " bytes";
    EXPECT_EQ(by4.read(), expected) << source_bytes << " bytes";
  }
}

}  // namespace
}  // namespace genocuda::kernel_test
