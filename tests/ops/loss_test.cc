// SPDX-License-Identifier: Apache-2.0
// Losses by hand: what counts, what it is divided by, and what no label, weight or logit may break.
#include "core/ops/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/differentiate.h"
#include "core/executable.h"
#include "tests/ops/devices.h"

namespace genocuda::op_test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr LossKind kAllKinds[] = {LossKind::bce_with_logits, LossKind::mse, LossKind::poisson,
                                  LossKind::softmax_cross_entropy, LossKind::multinomial_nll};

struct Outcome {
  double loss, divisor;
  std::vector<double> gradient;
};

Outcome evaluate(LossKind kind, const Shape& shape, const std::vector<double>& prediction,
                 const std::vector<double>& target, const std::vector<double>& weights,
                 LossDivisor divisor = LossDivisor::weights) {
  Graph graph;
  const TensorType type{DType::f64, shape};
  const Value p = graph.input("prediction", type), t = graph.input("target", type),
              w = graph.input("weights", {DType::f64, is_per_row(kind) ? Shape{shape[0]} : shape});
  const LossResult result = loss(kind, p, t, w, divisor);
  graph.output("loss", result.loss);
  graph.output("divisor", result.divisor);
  graph.output("gradient", gradient(result.loss, std::span(&p, 1)).values[0]);
  VariableStore variables(oracle());
  Executable executable(graph, variables, {.check_memory = true});
  executable.write("prediction", std::span<const double>(prediction));
  executable.write("target", std::span<const double>(target));
  executable.write("weights", std::span<const double>(weights));
  executable.run();
  return {executable.read<double>("loss")[0], executable.read<double>("divisor")[0],
          executable.read<double>("gradient")};
}

TEST(Loss, BinaryCrossEntropyOfALogitOfZeroIsLogTwo) {
  const Outcome outcome = evaluate(LossKind::bce_with_logits, {1, 2}, {0, 0}, {1, 0}, {1, 1});
  EXPECT_DOUBLE_EQ(outcome.loss, std::log(2));
  EXPECT_EQ(outcome.gradient, (std::vector<double>{-0.25, 0.25}));
}

TEST(Loss, BinaryCrossEntropyOfLargeLogitsIsExact) {
  const Outcome outcome =
      evaluate(LossKind::bce_with_logits, {1, 4}, {1e4, 1e4, -1e4, -1e4}, {1, 0, 0, 1}, {1, 1, 1, 1});
  EXPECT_EQ(outcome.loss, 5e3);
  EXPECT_EQ(outcome.gradient, (std::vector<double>{0, 0.25, 0, -0.25}));
}

TEST(Loss, DividesByWeightsOrByExamples) {
  // Squares 1, 4 | 9, missing | both without weight.
  const std::vector<double> p{1, 2, 3, 4, 5, 6}, t{0, 0, 0, NAN, 0, 0}, w{1, 0.5, 2, 1, 0, 0};
  const Outcome by_weights = evaluate(LossKind::mse, {3, 2}, p, t, w);
  EXPECT_EQ(by_weights.divisor, 3.5);
  EXPECT_EQ(by_weights.loss, 21 / 3.5);
  EXPECT_EQ(by_weights.gradient, (std::vector<double>{2 / 3.5, 2 / 3.5, 12 / 3.5, 0, 0, 0}));
  const Outcome by_examples = evaluate(LossKind::mse, {3, 2}, p, t, w, LossDivisor::examples);
  EXPECT_EQ(by_examples.divisor, 2);
  EXPECT_EQ(by_examples.loss, 10.5);
  EXPECT_EQ(by_examples.gradient, (std::vector<double>{1, 1, 6, 0, 0, 0}));
}

TEST(Loss, IsZeroWhereNothingCounts) {
  for (const LossKind kind : kAllKinds) {
    for (const LossDivisor divisor : {LossDivisor::weights, LossDivisor::examples}) {
      const std::vector<double> ones(is_per_row(kind) ? 2 : 4, 1), zeros(ones.size(), 0), negative(ones.size(), -1);
      const std::vector<double> p{1, 2, 3, 4}, t{1, 0, 0, 1}, missing(4, NAN);
      for (const Outcome& outcome :
           {evaluate(kind, {2, 2}, p, missing, ones, divisor), evaluate(kind, {2, 2}, p, t, zeros, divisor),
            evaluate(kind, {2, 2}, p, t, negative, divisor), evaluate(kind, {0, 2}, {}, {}, {}, divisor)}) {
        EXPECT_EQ(outcome.loss, 0) << name_of(kind);
        EXPECT_EQ(outcome.divisor, 0) << name_of(kind);
        EXPECT_EQ(outcome.gradient, std::vector<double>(outcome.gradient.size(), 0)) << name_of(kind);
      }
    }
  }
}

TEST(Loss, DoesNotLookAtPredictionsThatDoNotCount) {
  for (const LossKind kind : {LossKind::bce_with_logits, LossKind::mse, LossKind::poisson}) {
    const Outcome outcome = evaluate(kind, {1, 3}, {NAN, kInfinity, 0}, {1, NAN, 1}, {0, 1, 1});
    EXPECT_TRUE(std::isfinite(outcome.loss)) << name_of(kind);
    EXPECT_EQ(outcome.gradient[0], 0) << name_of(kind);
    EXPECT_EQ(outcome.gradient[1], 0) << name_of(kind);
  }
}

// A row with one missing label has none: its distribution is unknown.
TEST(Loss, LeavesOutWholeRowsWithAMissingLabel) {
  for (const LossKind kind : {LossKind::softmax_cross_entropy, LossKind::multinomial_nll}) {
    const Outcome both = evaluate(kind, {2, 2}, {0.5, 1, 2, 3}, {1, 0, 1, NAN}, {1, 1});
    const Outcome first = evaluate(kind, {1, 2}, {0.5, 1}, {1, 0}, {1});
    EXPECT_EQ(both.loss, first.loss) << name_of(kind);
    EXPECT_EQ(both.divisor, 1) << name_of(kind);
    EXPECT_EQ(both.gradient[2], 0) << name_of(kind);
    EXPECT_EQ(both.gradient[3], 0) << name_of(kind);
  }
}

TEST(Loss, AClassThatIsRuledOutCostsNothingWhereItIsNotTheTarget) {
  const Outcome outcome = evaluate(LossKind::softmax_cross_entropy, {1, 3}, {-kInfinity, 2, 2}, {0, 1, 0}, {1});
  EXPECT_DOUBLE_EQ(outcome.loss, std::log(2));
  EXPECT_EQ(outcome.gradient[0], 0);
  EXPECT_DOUBLE_EQ(outcome.gradient[1], -0.5);
  EXPECT_DOUBLE_EQ(outcome.gradient[2], 0.5);
}

TEST(Loss, MultinomialOfCountsByHand) {
  // 4! / (3! 1!) · 0.75³ · 0.25 with logits log 3 and 0.
  const Outcome outcome = evaluate(LossKind::multinomial_nll, {1, 2}, {std::log(3), 0}, {3, 1}, {1});
  EXPECT_NEAR(outcome.loss, -std::log(4 * 0.75 * 0.75 * 0.75 * 0.25), 1e-14);
  EXPECT_NEAR(outcome.gradient[0], 0, 1e-14);  // the best logits for these counts
  EXPECT_NEAR(outcome.gradient[1], 0, 1e-14);
}

TEST(Loss, MultinomialWithoutCountsIsZero) {
  const Outcome outcome = evaluate(LossKind::multinomial_nll, {1, 3}, {5, -2, 700}, {0, 0, 0}, {1});
  EXPECT_EQ(outcome.loss, 0);
  EXPECT_EQ(outcome.divisor, 1);
  EXPECT_EQ(outcome.gradient, (std::vector<double>{0, 0, 0}));
}

TEST(Loss, PoissonByHand) {
  const Outcome outcome = evaluate(LossKind::poisson, {1, 2}, {0, std::log(2)}, {3, 2}, {1, 1});
  EXPECT_DOUBLE_EQ(outcome.loss, (1 + 2 - 2 * std::log(2)) / 2);
  EXPECT_NEAR(outcome.gradient[0], -1, 1e-15);
  EXPECT_NEAR(outcome.gradient[1], 0, 1e-15);
}

// Losses of batches of different sizes add up to that of the whole.
TEST(Loss, TimesItsDivisorAddsUpOverBatches) {
  const std::vector<double> p{1, -2, 0.5, 3, 0.25, -1}, t{1, 0, NAN, 1, 0, 0}, w{1, 2, 1, 0.5, 1, 1};
  const auto part = [](const std::vector<double>& all, int first, int last) {
    return std::vector<double>(all.begin() + 2 * first, all.begin() + 2 * last);
  };
  for (const LossDivisor divisor : {LossDivisor::weights, LossDivisor::examples}) {
    const auto of = [&](int first, int last) {
      return evaluate(LossKind::bce_with_logits, {last - first, 2}, part(p, first, last), part(t, first, last),
                      part(w, first, last), divisor);
    };
    const Outcome whole = of(0, 3), head = of(0, 1), tail = of(1, 3);
    EXPECT_DOUBLE_EQ(whole.divisor, head.divisor + tail.divisor);
    EXPECT_DOUBLE_EQ(whole.loss * whole.divisor, head.loss * head.divisor + tail.loss * tail.divisor);
  }
}

}  // namespace
}  // namespace genocuda::op_test
