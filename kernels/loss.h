// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stream.h"

/// Losses of a batch in f32, their sums in double and in an order that the shape alone decides: core/ops/loss.h says
/// what they compute.
namespace genocuda::kernels {

enum class LossKind : std::uint8_t { bce_with_logits, mse, poisson, softmax_cross_entropy, multinomial_nll };

struct LossBatch {
  LossKind kind;
  bool by_examples;          ///< the divisor: examples that count, else the sum of weights
  std::int64_t rows, width;  ///< of prediction and target
  const float *prediction, *target;
  const float* weights;  ///< [rows, width], or [rows] for the last two kinds
};

/// Writes the two scalars.
void loss(const LossBatch& batch, float* loss, float* divisor, void* scratch, Stream stream);
/// dprediction [rows, width], of the scalar dloss; 0 where a term does not count.
void loss_gradient(const LossBatch& batch, const float* dloss, float* dprediction, void* scratch, Stream stream);
/// Bytes of scratch for either, aligned to 8.
std::size_t loss_scratch();

}  // namespace genocuda::kernels
