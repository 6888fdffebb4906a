// SPDX-License-Identifier: Apache-2.0
// What normalisation, losses, reductions, rearrangement, look-ups and limits of norms refuse while the graph is built.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "core/differentiate.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/dropout.h"
#include "core/ops/lookup.h"
#include "core/ops/loss.h"
#include "core/ops/optimizer.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"
#include "core/ops/softmax.h"
#include "tests/support/expect_error.h"

namespace genocuda::op_test {
namespace {

class RowShapeErrors : public ::testing::Test {
 protected:
  Value f32(const Shape& shape) { return graph_.constant(0, {DType::f32, shape}); }
  Value f64(const Shape& shape) { return graph_.constant(0, {DType::f64, shape}); }
  Value i32(const Shape& shape) { return graph_.constant(0, {DType::i32, shape}); }
  Value i64(const Shape& shape) { return graph_.constant(0, {DType::i64, shape}); }
  void refused(const std::function<void()>& build, const std::string& why) {
    expect_error(ErrorKind::invalid_argument, build, why);
  }

  Graph graph_;
};

TEST_F(RowShapeErrors, BatchNorm) {
  refused(
      [&] {
        batch_norm(f32({2, 3}), f32({4}), f32({3}));
      },
      "batch_norm(f32[2, 3], f32[4], f32[3]): scale, shift and statistics of f32[2, 3] must be f32[3], not f32[4]");
  refused([&] { batch_norm(f32({2, 3}), f32({3}), f64({3})); }, "must be f32[3], not f64[3]");
  refused([&] { batch_norm(f32({}), f32({1}), f32({1})); }, "x must have a channel axis, not f32[]");
  refused([&] { batch_norm(i32({2, 3}), f32({3}), f32({3})); }, "x must be floating, not i32[2, 3]");
  refused([&] { batch_norm(f32({0, 3}), f32({3}), f32({3})); }, "f32[0, 3] has no rows to take statistics of");
  refused([&] { batch_norm(f32({2, 3}), f32({3}), f32({3}), -1); }, "epsilon must not be negative, but is -1");
  refused([&] { batch_norm_inference(f32({2, 3}), f32({3}), f32({3}), f32({3}), f32({2})); }, "not f32[2]");
}

TEST_F(RowShapeErrors, Dropout) {
  const auto refused_rate = [&](double rate) {
    refused([&] { dropout(f32({2}), i32({}), rate, 1, 1); }, "the rate must be at least 0 and below 1");
  };
  refused_rate(1);
  refused_rate(-0.1);
  refused_rate(std::numeric_limits<double>::quiet_NaN());
  refused([&] { dropout(f32({2}), f32({}), 0.5, 1, 1); }, "the step must be i32[], not f32[]");
  refused([&] { dropout(i32({2}), i32({}), 0.5, 1, 1); }, "x must be floating, not i32[2]");
}

TEST_F(RowShapeErrors, ExtractTracks) {
  refused([&] { extract_tracks(i32({9, 2}), i32({2}), i64({1, 4}), 3, 0); }, "signals must be floating, not i32[9, 2]");
  refused([&] { extract_tracks(f32({9}), i32({1}), i64({1, 4}), 3, 0); }, "signals must have 2 dimensions, not f32[9]");
  refused(
      [&] {
        extract_tracks(f32({9, 2}), i32({3}), i64({1, 4}), 3, 0);
      },
      "the other strands of f32[9, 2] must be i32[2], not i32[3]");
  refused(
      [&] {
        extract_tracks(f32({9, 2}), i32({2}), i32({1, 4}), 3, 0);
      },
      "places must be i64[batch, 4], not i32[1, 4]");
  refused([&] { extract_tracks(f32({9, 2}), i32({2}), i64({1, 4}), 0, 0); }, "a window must have positions, not 0");
}

TEST_F(RowShapeErrors, Rearrange) {
  refused([&] { reshape(f32({2, 3}), {4}); }, "f32[2, 3] does not have the 4 elements of [4]");
  refused([&] { reshape(graph_.input("dna", {DType::dna, {2, 3}}), {6}); }, "packed DNA dna[2, 3] cannot be reshaped");
  refused([&] { flatten(f32({})); }, "a scalar has no batch axis");
  refused([&] { concat({}); }, "there is nothing to join");
  refused([&] { concat({f32({2, 3}), f32({3, 3})}, 1); }, "f32[2, 3] and f32[3, 3] cannot be joined along axis 1");
  refused([&] { concat({f32({2, 3}), f32({2, 3, 1})}, 1); }, "cannot be joined along axis 1");
  refused([&] { concat({f32({2, 3}), f64({2, 3})}); }, "cannot be joined");
  refused([&] { concat({f32({2, 3})}, 2); }, "f32[2, 3] has no axis 2");
  refused([&] { concat({f32({2, 3})}, -3); }, "f32[2, 3] has no axis -1");
  refused([&] { slice(f32({2, 3}), 1, 2, 2); }, "2 elements from 2 on do not lie in the 3 of axis 1 of f32[2, 3]");
  refused([&] { slice(f32({2, 3}), 1, -1, 2); }, "2 elements from -1 on do not lie");
  refused([&] { slice(f32({2, 3}), 1, 1, std::numeric_limits<std::int64_t>::max()); }, "do not lie in the 3");
  refused([&] { crop(f32({2, 3}), 0, 1); }, "what is cropped along its length must have 3 dimensions");
  refused([&] { crop(f32({2, 3, 4}), -1, 1); }, "cannot crop -1 positions");
  refused([&] { crop(f32({2, 3, 4}), 2, 2); }, "do not lie in the 3");
  refused([&] { pad(f32({2, 3}), 1, -1, 2); }, "cannot pad with -1 zeros before and 2 after");
}

TEST_F(RowShapeErrors, Reduction) {
  refused([&] { sum(f32({2, 3}), 1, 3); }, "f32[2, 3] has no axes 1 up to, not with, 3");
  refused([&] { sum(f32({2, 3}), 2, 1); }, "f32[2, 3] has no axes 2 up to, not with, 1");
  refused([&] { sum(i32({2, 3})); }, "the operand must be floating");
  refused([&] { mean(f32({2, 0}), 1, 2); }, "f32[2, 0] has no elements along axes 1 up to, not with, 2");
  refused([&] { mean(f32({2, 3}), 0, 7); }, "f32[2, 3] has no axes 0 up to, not with, 7");
  refused([&] { broadcast(f32({2, 3}), 3, {4}); }, "f32[2, 3] has no place 3 for new axes");
  refused([&] { broadcast(f32({2, 3}), 0, {1, 1, 1, 1, 1}); }, "at most 6 dimensions, not 7");
}

TEST_F(RowShapeErrors, Softmax) {
  refused([&] { softmax(f32({})); }, "a scalar has no axis to normalise over");
  refused([&] { log_softmax(i32({2})); }, "the operand must be floating");
}

TEST_F(RowShapeErrors, Loss) {
  const auto refused_loss = [&](LossKind kind, Value p, Value t, Value w, const std::string& why) {
    refused([&] { loss(kind, p, t, w); }, why);
  };
  refused_loss(LossKind::mse, f32({2}), f32({2}), f32({2}), "the prediction must have 2 dimensions, not f32[2]");
  refused_loss(LossKind::mse, f32({2, 3}), f32({2, 4}), f32({2, 3}),
               "the target of the prediction f32[2, 3] must be of its type, not f32[2, 4]");
  refused_loss(LossKind::mse, f32({2, 3}), f32({2, 3}), f32({2}),
               "the weights of the mse of f32[2, 3] must be f32[2, 3], not f32[2]");
  refused_loss(LossKind::multinomial_nll, f32({2, 3}), f32({2, 3}), f32({2, 3}),
               "the weights of the multinomial_nll of f32[2, 3] must be f32[2], not f32[2, 3]");
  refused_loss(LossKind::poisson, i32({2, 3}), i32({2, 3}), i32({2, 3}), "the prediction must be floating");
}

TEST_F(RowShapeErrors, Norms) {
  refused([&] { global_norm({}); }, "there is nothing to take the norm of");
  refused([&] { global_norm({f32({2}), f64({2})}); }, "values of f32 and of f64 cannot be in one list");
  refused([&] { clip_scale(f32({1}), 1); }, "the norm must have 0 dimensions");
  refused([&] { clip_scale(f32({}), -1); }, "the limit of a norm must not be negative, but is -1");
  refused([&] { clip_scale(f32({}), std::numeric_limits<double>::quiet_NaN()); }, "must not be negative, but is nan");
}

TEST_F(RowShapeErrors, DerivativesThatThereAreNot) {
  const Value x = graph_.input("x", {DType::f32, {2, 3}});
  const Value first = gradient(sum(softmax(x) * x), std::span(&x, 1)).values[0];
  refused([&] { gradient(sum(first), std::span(&x, 1)); }, "softmax_gradient has no reverse-mode derivative");
  refused([&] { gradient(global_norm({x}), std::span(&x, 1)); }, "global_norm has no reverse-mode derivative");
}

// Data of a loss carries no derivative: what it depends on gets none.
TEST_F(RowShapeErrors, NothingFlowsBackToTargetsAndWeights) {
  const Value t = graph_.input("t", {DType::f32, {2, 3}}), p = graph_.input("p", {DType::f32, {2, 3}});
  const LossResult result = loss(LossKind::mse, p, t, t);
  const Derivatives derivatives = gradient(result.loss, std::span(&t, 1));
  EXPECT_EQ(derivatives.edges, 0u);
  EXPECT_EQ(graph_.node(derivatives.values[0].id().node).op, &ops::kConstant);
}

}  // namespace
}  // namespace genocuda::op_test
