// SPDX-License-Identifier: Apache-2.0
// The reference implementations on examples small enough to compute by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/dna.h"
#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "tests/ops/case_program.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

using Numbers = std::vector<double>;
using Build = std::function<std::vector<Value>(const CaseValues&)>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The outputs of an expression in `dtype`.
std::vector<Numbers> evaluate(std::vector<CaseInput> inputs, Build build, DType dtype = DType::f64) {
  const OperatorCase one{
      .name = "example", .inputs = std::move(inputs), .build = std::move(build), .differentiate = false};
  CaseProgram program(one, oracle(), {.dtype = dtype, .implementation = "reference"});
  program.run();
  std::vector<Numbers> outputs;
  for (const std::string& output : program.outputs()) outputs.push_back(program.read(output).values);
  return outputs;
}

CaseInput sequence(std::string_view letters) {
  Numbers codes;
  for (const char letter : letters) codes.push_back(dna::code_of(letter));
  return {"dna", {1, static_cast<std::int64_t>(letters.size())}, exactly(codes), DType::dna, false};
}

TEST(Reference, Conv1dIsACrossCorrelation) {
  const auto y =
      evaluate({number("x", {1, 5, 1}, exactly({1, 2, 3, 4, 5})), number("filters", {2, 1, 1}, exactly({10, 1}))},
               [](const CaseValues& in) {
                 return std::vector{
                     conv1d(in["x"], in["filters"], {.width = 2}),
                     conv1d(in["x"], in["filters"], {.width = 2, .stride = 2, .pad_left = 1}),
                     conv1d(in["x"], in["filters"], {.width = 2, .dilation = 3}),
                 };
               });
  EXPECT_EQ(y[0], (Numbers{12, 23, 34, 45}));
  EXPECT_EQ(y[1], (Numbers{1, 23, 45}));
  EXPECT_EQ(y[2], (Numbers{14, 25}));
}

// The PSSM of four GATA sites, scored as a convolution (shared facts of the lecture: 0.5 + 4 · 3.7 + 0.5).
TEST(Reference, OneHotConvolutionScoresAMotif) {
  const Numbers pssm_by_base[] = {{-5.7, -3.2, 3.7, -3.2, 3.7, 0.6},
                                  {0.5, -3.2, -3.2, -3.2, -3.2, -5.7},
                                  {0.5, 3.7, -3.2, -3.2, -3.2, -5.7},
                                  {-5.7, -3.2, -3.2, 3.7, -3.2, 0.5}};
  Numbers filters;
  for (int k = 0; k < 6; ++k) {
    for (const Numbers& row : pssm_by_base) filters.push_back(row[k]);
  }
  const auto score = [&](std::string_view letters, UnknownBase unknown) {
    return evaluate({sequence(letters), number("filters", {6, 4, 1}, exactly(filters))}, [=](const CaseValues& in) {
      return std::vector{onehot_conv1d(in["dna"], in["filters"], {.width = 6}, unknown)};
    })[0];
  };
  ASSERT_EQ(score("CGATAT", UnknownBase::zeros).size(), 1u);
  EXPECT_NEAR(score("CGATAT", UnknownBase::zeros)[0], 15.8, 1e-6);
  EXPECT_NEAR(score("NGATAT", UnknownBase::zeros)[0], 15.3, 1e-6);
  EXPECT_NEAR(score("NGATAT", UnknownBase::quarters)[0], 15.3 + (-5.7 + 0.5 + 0.5 - 5.7) / 4, 1e-6);
  EXPECT_NEAR(score("ACGATATA", UnknownBase::zeros)[1], 15.8, 1e-6);
}

TEST(Reference, OneHotIsInTheOrderACGT) {
  const auto encode = [](UnknownBase unknown) {
    return evaluate({sequence("ACGTN")},
                    [=](const CaseValues& in) { return std::vector{one_hot(in["dna"], in.dtype(), unknown)}; })[0];
  };
  EXPECT_EQ(encode(UnknownBase::zeros), (Numbers{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(encode(UnknownBase::quarters),
            (Numbers{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, .25, .25, .25, .25}));
}

TEST(Reference, BothStrandsAddsTheReverseComplement) {
  const auto strands =
      evaluate({sequence("AACGTN")}, [](const CaseValues& in) { return std::vector{both_strands(in["dna"])}; })[0];
  EXPECT_EQ(strands, (Numbers{0, 0, 1, 2, 3, dna::kUnknown, dna::kUnknown, 0, 1, 2, 3, 3}));
}

TEST(Reference, MaxPoolGivesTiesToTheFirstAndNanWins) {
  const auto pool = [](Numbers x, const SlidingWindow& window) {
    const CaseInput input = number("x", {1, static_cast<std::int64_t>(x.size()), 1}, exactly(x));
    return evaluate({input}, [=](const CaseValues& in) {
      return in["x"].graph().apply(ops::kMaxPool1d, ops::PoolAttributes{window}, {in["x"]});
    });
  };
  const auto ties = pool({3, 3, 1, 2, 4, 4}, {.width = 3, .stride = 3});
  EXPECT_EQ(ties[0], (Numbers{3, 4}));
  EXPECT_EQ(ties[1], (Numbers{0, 1}));
  const auto nan = pool({3, kNan, kNan}, {.width = 3});
  EXPECT_TRUE(std::isnan(nan[0][0]));
  EXPECT_EQ(nan[1], (Numbers{1}));
  // Padding never wins, not against negative numbers and not against −∞.
  const auto padded = pool({-5, -7, -kInfinity}, {.width = 2, .stride = 2, .pad_left = 1});
  EXPECT_EQ(padded[0], (Numbers{-5, -7}));
  EXPECT_EQ(padded[1], (Numbers{1, 0}));
  EXPECT_EQ(pool({-kInfinity}, {.width = 2, .pad_left = 1})[0], (Numbers{-kInfinity}));
}

// The widest window whose positions fit a byte, and the first whose do not.
TEST(Reference, MaxPoolFindsTheLastPositionOfAWideWindow) {
  for (const std::int64_t width : {256, 257}) {
    Numbers x(static_cast<std::size_t>(width), 0.0);
    x.back() = 1;
    const OperatorCase one{
        .name = "example", .inputs = {number("x", {1, width, 1}, exactly(x))}, .build = [=](const CaseValues& in) {
          return in["x"].graph().apply(ops::kMaxPool1d, ops::PoolAttributes{{.width = width}}, {in["x"]});
        }};
    CaseProgram program(one, oracle(), {.implementation = "reference"});
    program.run();
    EXPECT_EQ(program.read("y1").type.dtype, width == 256 ? DType::u8 : DType::i32);
    EXPECT_EQ(program.read("y1").values, (Numbers{static_cast<double>(width - 1)}));
    EXPECT_EQ(program.read("gradient/x").values.back(), program.input("cotangent/y0").values[0]);
    EXPECT_EQ(program.read("tangent/y0").values[0], program.input("direction/x").values.back());
  }
}

TEST(Reference, MaxPoolSendsGradientsOfOverlappingWindowsToOnePlace) {
  const OperatorCase one{.name = "example",
                         .inputs = {number("x", {1, 4, 1}, exactly({1, 5, 2, 0}))},
                         .build = [](const CaseValues& in) { return std::vector{max_pool1d(in["x"], {.width = 2})}; }};
  CaseProgram program(one, oracle(), {.implementation = "reference"});
  program.run();
  const Numbers& dy = program.input("cotangent/y0").values;
  EXPECT_EQ(program.read("gradient/x").values, (Numbers{0, dy[0] + dy[1], dy[2], 0}));
}

TEST(Reference, AvgPoolDividesByPositionsOfTheSequence) {
  const auto y = evaluate({number("x", {1, 5, 1}, exactly({2, 4, 6, 8, 10}))}, [](const CaseValues& in) {
    return std::vector{avg_pool1d(in["x"], {.width = 3, .stride = 3, .pad_left = 1, .pad_right = 0}),
                       avg_pool1d(in["x"], sliding_window(Padding::ceil, 5, 3, 3))};
  });
  EXPECT_EQ(y[0], (Numbers{3, 8}));
  EXPECT_EQ(y[1], (Numbers{4, 9}));
}

TEST(Reference, MaxoutTakesTheLargestPieceOfEachChannel) {
  const auto y = evaluate({number("x", {1, 4}, exactly({1, 5, 3, 2}))},
                          [](const CaseValues& in) { return std::vector{maxout(in["x"], 2)}; });
  EXPECT_EQ(y[0], (Numbers{3, 5}));
}

TEST(Reference, MatmulAndBias) {
  const auto y = evaluate({number("a", {2, 2}, exactly({1, 2, 3, 4})), number("b", {2, 2}, exactly({5, 6, 7, 8})),
                           number("bias", {2}, exactly({100, 200}))},
                          [](const CaseValues& in) {
                            return std::vector{matmul(in["a"], in["b"]), matmul(in["a"], in["b"], true),
                                               matmul(in["a"], in["b"], false, true), add_bias(in["a"], in["bias"])};
                          });
  EXPECT_EQ(y[0], (Numbers{19, 22, 43, 50}));
  EXPECT_EQ(y[1], (Numbers{26, 30, 38, 44}));
  EXPECT_EQ(y[2], (Numbers{17, 23, 39, 53}));
  EXPECT_EQ(y[3], (Numbers{101, 202, 103, 204}));
}

// Far from 0 the plain formulas cancel or overflow; the kernels must not, in float either.
TEST(Reference, ActivationsKeepTheirRelativeAccuracyFarOut) {
  const auto of = [](ActivationKind kind, double x) {
    return evaluate(
        {number("x", {1}, exactly({x}))}, [=](const CaseValues& in) { return std::vector{activation(in["x"], kind)}; },
        DType::f32)[0][0];
  };
  const auto expect_relative = [](double actual, double expected) {
    EXPECT_NEAR(actual / expected, 1, 1e-5) << actual << " instead of " << expected;
  };
  expect_relative(of(ActivationKind::softplus, -50), std::exp(-50.0));
  expect_relative(of(ActivationKind::softplus, 500), 500);
  expect_relative(of(ActivationKind::sigmoid, -50), std::exp(-50.0));
  expect_relative(of(ActivationKind::sigmoid, 500), 1);
  EXPECT_EQ(of(ActivationKind::sigmoid, -500), 0);
  expect_relative(of(ActivationKind::gelu, -10), -10 * 7.619853024160527e-24);
  expect_relative(of(ActivationKind::log1p, 1e-12), 1e-12);
}

TEST(Reference, CastRoundsToNearestEven) {
  const double ulp = 1.0 / 128;  // of bf16 at 1
  const Numbers x{1, 1 + ulp / 2, 1 + 1.5 * ulp, 1 + 0.51 * ulp, -3.25, 0, kInfinity, 3.4e38, 1e-3};
  const auto round = [](const CaseValues& in) {
    return std::vector{cast(cast(in["x"], DType::bf16), DType::f64), cast(cast(in["x"], DType::f32), DType::f64)};
  };
  const auto y = evaluate({number("x", {9}, exactly(x))}, round);
  EXPECT_EQ(y[0], (Numbers{1, 1, 1 + 2 * ulp, 1 + ulp, -3.25, 0, kInfinity, kInfinity, 0x1.06p-10}));
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[1][i], static_cast<float>(x[i]));
  EXPECT_TRUE(std::isnan(evaluate({number("x", {1}, exactly({kNan}))}, round)[0][0]));
}

TEST(Reference, CastHandsDerivativesThroughInTheirOwnTypes) {
  const OperatorCase one{.name = "example", .inputs = {number("x", {3})}, .build = [](const CaseValues& in) {
                           return std::vector{scale(cast(in["x"], DType::f32), 2)};
                         }};
  CaseProgram program(one, oracle(), {.implementation = "reference"});
  program.run();
  EXPECT_EQ(program.read("gradient/x").type.dtype, DType::f64);
  EXPECT_EQ(program.read("tangent/y0").type.dtype, DType::f32);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(program.read("gradient/x").values[i], 2 * program.input("cotangent/y0").values[i]);
    EXPECT_EQ(program.read("tangent/y0").values[i], 2 * program.input("direction/x").values[i]);
  }
}

}  // namespace
}  // namespace genocuda::op_test
