// SPDX-License-Identifier: Apache-2.0
#include "core/ops/loss.h"

#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/reduction.h"

namespace genocuda {

std::string_view name_of(LossKind kind) {
  switch (kind) {
    case LossKind::bce_with_logits:
      return "bce_with_logits";
    case LossKind::mse:
      return "mse";
    case LossKind::poisson:
      return "poisson";
    case LossKind::softmax_cross_entropy:
      return "softmax_cross_entropy";
    case LossKind::multinomial_nll:
      return "multinomial_nll";
  }
  throw Error(ErrorKind::internal, "unknown loss {}", static_cast<int>(kind));
}

namespace ops {
namespace {

void check_data(LossKind kind, const TensorType& prediction, const TensorType& target, const TensorType& weights) {
  require_floating(prediction, "the prediction");
  require_rank(prediction, 2, "the prediction");
  require(target == prediction, "the target of the prediction {} must be of its type, not {}", prediction.to_string(),
          target.to_string());
  const TensorType fitting{prediction.dtype, is_per_row(kind) ? Shape{prediction.shape[0]} : prediction.shape};
  require(weights == fitting, "the weights of the {} of {} must be {}, not {}", name_of(kind), prediction.to_string(),
          fitting.to_string(), weights.to_string());
}

std::vector<TensorType> infer_loss(const std::any& attributes, std::span<const TensorType> inputs) {
  check_data(std::any_cast<const LossAttributes&>(attributes).kind, inputs[0], inputs[1], inputs[2]);
  const TensorType scalar{inputs[0].dtype, Shape{}};
  return {scalar, scalar};
}

std::vector<TensorType> infer_loss_gradient(const std::any& attributes, std::span<const TensorType> inputs) {
  check_data(std::any_cast<const LossAttributes&>(attributes).kind, inputs[1], inputs[2], inputs[3]);
  const TensorType scalar{inputs[1].dtype, Shape{}};
  require(inputs[0] == scalar, "the cotangent of the loss must be {}, not {}", scalar.to_string(),
          inputs[0].to_string());
  return {inputs[1]};
}

Value loss_gradient(const NodeHandle& node, Value dloss) {
  return node.graph().apply_one(kLossGradient, node.attribute<LossAttributes>(),
                                {dloss, node.input(0), node.input(1), node.input(2)});
}

std::vector<Value> loss_vjp(const NodeHandle& node, std::span<const Value> d) {
  return {d[0] ? loss_gradient(node, d[0]) : Value(), Value(), Value()};
}

std::vector<Value> loss_jvp(const NodeHandle& node, std::span<const Value> t) {
  if (!t[0]) return {Value(), Value()};
  const Value one = node.graph().constant(1, node.output().type());
  return {sum(loss_gradient(node, one) * t[0]), Value()};
}

}  // namespace

constinit const Operator kLoss{"loss", infer_loss, loss_vjp, loss_jvp};
constinit const Operator kLossGradient{.name = "loss_gradient", .infer = infer_loss_gradient};

}  // namespace ops

LossResult loss(LossKind kind, Value prediction, Value target, Value weights, LossDivisor divisor) {
  const auto outputs =
      prediction.graph().apply(ops::kLoss, ops::LossAttributes{kind, divisor}, {prediction, target, weights});
  return {outputs[0], outputs[1]};
}

}  // namespace genocuda
