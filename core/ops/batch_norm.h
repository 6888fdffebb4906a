// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Batch normalisation over all axes but the last: x [..., C], gamma and beta [C]. (Ioffe, Szegedy 2015.) What there is
/// one of a channel has the dtype of x, or f32 beside x in bf16: rounding it would cost accuracy and spare next to
/// nothing.
namespace genocuda {

struct BatchNormResult {
  Value y;         ///< gamma · (x − mean) / sqrt(variance + epsilon) + beta
  Value mean;      ///< [C], of this batch
  Value variance;  ///< [C], of this batch, biased (divided by n)
};

/// With the statistics of the batch. Gradients flow through `y` alone.
BatchNormResult batch_norm(Value x, Value gamma, Value beta, double epsilon = 1e-5);

/// With given statistics [C].
Value batch_norm_inference(Value x, Value gamma, Value beta, Value mean, Value variance, double epsilon = 1e-5);

namespace ops {
/// batch_norm(x, gamma, beta) -> y, mean, variance (two passes or Welford: no cancellation);
/// batch_norm_inference(x, gamma, beta, mean, variance) -> y;
/// batch_norm_backward(dy, x, gamma, mean, variance) -> dx, dgamma, dbeta: in training dx flows through mean and
/// variance too, in inference they are constants. Its dx is self-adjoint in dy, so the forward mode uses it with dy =
/// tangent.
extern const Operator kBatchNorm, kBatchNormInference, kBatchNormBackward;
struct BatchNormAttributes {
  double epsilon = 1e-5;
  bool training = true;  ///< of batch_norm_backward
};
}  // namespace ops

}  // namespace genocuda
