// SPDX-License-Identifier: Apache-2.0
#include "kernels/loss.h"

#include <algorithm>

#include "core/error.h"
#include "core/ops/loss.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::LossKind kind_of(LossKind kind) {
  using To = kernels::LossKind;
  switch (kind) {
    case LossKind::bce_with_logits:
      return To::bce_with_logits;
    case LossKind::mse:
      return To::mse;
    case LossKind::poisson:
      return To::poisson;
    case LossKind::softmax_cross_entropy:
      return To::softmax_cross_entropy;
    case LossKind::multinomial_nll:
      return To::multinomial_nll;
  }
  throw Error(ErrorKind::internal, "no kernel of loss {}", static_cast<int>(kind));
}

/// Losses are f32 in every precision mode.
bool is_f32(const Problem& problem) {
  return std::ranges::all_of(problem.inputs, [](const TensorType& type) { return type.dtype == DType::f32; });
}

/// `first`: the place of the prediction among the inputs.
kernels::LossBatch batch_of(const ops::LossAttributes& attributes, const RunContext& context, int first) {
  const TensorView& prediction = context.inputs[first];
  return {kind_of(attributes.kind),
          attributes.divisor == LossDivisor::examples,
          prediction.shape()[0],
          prediction.shape()[1],
          prediction.as<const float>(),
          context.inputs[first + 1].as<const float>(),
          context.inputs[first + 2].as<const float>()};
}

struct Loss {
  using Attributes = ops::LossAttributes;
  static bool supports(const Problem& problem) { return is_f32(problem); }
  static std::size_t scratch(const Problem&) { return kernels::loss_scratch(); }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    kernels::loss(batch_of(attributes, context, 0), context.outputs[0].as<float>(), context.outputs[1].as<float>(),
                  context.scratch, stream);
  }
};

struct LossGradient {
  using Attributes = ops::LossAttributes;
  static bool supports(const Problem& problem) { return is_f32(problem); }
  static std::size_t scratch(const Problem&) { return kernels::loss_scratch(); }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    kernels::loss_gradient(batch_of(attributes, context, 1), context.inputs[0].as<const float>(),
                           context.outputs[0].as<float>(), context.scratch, stream);
  }
};

}  // namespace

void add_loss(ImplementationTable& table) {
  table.add(ops::kLoss, row<Loss>());
  table.add(ops::kLossGradient, row<LossGradient>());
}

}  // namespace genocuda::cuda
