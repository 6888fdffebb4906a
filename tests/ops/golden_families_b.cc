// SPDX-License-Identifier: Apache-2.0
// Normalisation, softmax, losses, reductions, rearrangement, limits of norms.
#include <stdexcept>

#include "core/ops/batch_norm.h"
#include "core/ops/loss.h"
#include "core/ops/optimizer.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"
#include "core/ops/softmax.h"
#include "tests/ops/golden.h"

namespace genocuda::op_test {
namespace {

using Outputs = std::map<std::string, Value>;

LossKind loss_kind(const std::string& name) {
  for (const LossKind kind : {LossKind::bce_with_logits, LossKind::mse, LossKind::poisson,
                              LossKind::softmax_cross_entropy, LossKind::multinomial_nll}) {
    if (name_of(kind) == name) return kind;
  }
  throw std::invalid_argument("no loss is called " + name);
}

Outputs build_batch_norm(const GoldenCase& golden, const CaseValues& in) {
  const BatchNormResult result = batch_norm(in["x"], in["gamma"], in["beta"], golden.number("epsilon"));
  return {{"y", result.y}, {"mean", result.mean}, {"variance", result.variance}};
}

Outputs build_batch_norm_inference(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", batch_norm_inference(in["x"], in["gamma"], in["beta"], in["mean"], in["variance"],
                                     golden.number("epsilon"))}};
}

Outputs build_concat(const GoldenCase& golden, const CaseValues& in) {
  std::vector<Value> parts;
  for (const auto& [name, tensor] : golden.inputs) {
    if (name != "dy") parts.push_back(in[name]);
  }
  return {{"y", concat(parts, static_cast<int>(golden.whole("axis")))}};
}

Outputs build_loss(const GoldenCase& golden, const CaseValues& in) {
  const LossDivisor divisor = golden.text("divisor") == "weights" ? LossDivisor::weights : LossDivisor::examples;
  const LossResult result =
      loss(loss_kind(golden.text("kind")), in["prediction"], in["target"], in["weights"], divisor);
  return {{"loss", result.loss}, {"divisor", result.divisor}};
}

Outputs build_max_norm(const GoldenCase& golden, const CaseValues& in) {
  const Value w = in["w"], one = w.graph().constant(1, {w.dtype(), Shape{}});
  return {{"y", w.graph().apply_one(ops::kMaxNorm, ops::LimitAttributes{golden.number("limit")}, {w, one})}};
}

/// slice(x, axis, start, length) and pad(x, axis, before, after) have attributes of the same names.
template <auto function>
Outputs build_along_axis(const GoldenCase& golden, const CaseValues& in) {
  return {
      {"y", function(in["x"], static_cast<int>(golden.whole("axis")), golden.whole("start"), golden.whole("length"))}};
}

template <Value (*function)(Value, int, int)>
Outputs build_reduction(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", function(in["x"], static_cast<int>(golden.whole("first")), static_cast<int>(golden.whole("last")))}};
}

template <Value (*function)(Value)>
Outputs build_rows(const GoldenCase&, const CaseValues& in) {
  return {{"y", function(in["x"])}};
}

}  // namespace

void add_golden_families_b(std::vector<GoldenFamily>& families) {
  families.push_back({"batch_norm", build_batch_norm});
  families.push_back({"batch_norm_inference", build_batch_norm_inference});
  families.push_back({"concat", build_concat});
  families.push_back({"log_softmax", build_rows<log_softmax>});
  families.push_back({"loss", build_loss});
  families.push_back({"max_norm", build_max_norm});
  families.push_back({"mean", build_reduction<mean>});
  families.push_back({"pad", build_along_axis<pad>});
  families.push_back({"slice", build_along_axis<slice>});
  families.push_back({"softmax", build_rows<softmax>});
  families.push_back({"sum", build_reduction<sum>});
}

}  // namespace genocuda::op_test
