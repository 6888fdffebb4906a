// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Losses of a batch: a weighted sum of terms over a divisor, accumulated in double in a fixed order.
namespace genocuda {

enum class LossKind {
  bce_with_logits,        ///< a term per entry: softplus(p) − t·p, target t in [0, 1]
  mse,                    ///< a term per entry: (p − t)²
  poisson,                ///< a term per entry: e^p − t·p, the prediction is a log rate (no log t! term)
  softmax_cross_entropy,  ///< a term per row: −Σ_k t_k log softmax(p)_k
  multinomial_nll,  ///< a term per row: −log multinomial(t; Σ t, softmax(p)) with its coefficient, t counts (BPNet)
};

std::string_view name_of(LossKind kind);
/// True where a term belongs to a row [batch] and not to an entry [batch, n].
constexpr bool is_per_row(LossKind kind) {
  return kind == LossKind::softmax_cross_entropy || kind == LossKind::multinomial_nll;
}

enum class LossDivisor {
  weights,   ///< Σ weights over the terms that count: the weighted mean of a term
  examples,  ///< number of rows with a term that counts: tasks are summed, examples averaged (Basset)
};

struct LossResult {
  Value loss;     ///< scalar, of the prediction's dtype; 0 where no term counts
  Value divisor;  ///< scalar, what the sum was divided by: losses of batches add up as loss · divisor
};

/// prediction and target [batch, n]; weights [batch, n] for the kinds with a term per entry, [batch] for those per row.
/// A term counts where its weight is > 0 and its target is not NaN (a missing label; for a row: none is).
LossResult loss(LossKind kind, Value prediction, Value target, Value weights,
                LossDivisor divisor = LossDivisor::weights);

namespace ops {
/// loss(prediction, target, weights) -> loss, divisor; loss_gradient(dloss, prediction, target, weights) ->
/// dprediction. Targets and weights are data: nothing flows back to them.
extern const Operator kLoss, kLossGradient;
struct LossAttributes {
  LossKind kind = LossKind::bce_with_logits;
  LossDivisor divisor = LossDivisor::weights;
};
}  // namespace ops

}  // namespace genocuda
