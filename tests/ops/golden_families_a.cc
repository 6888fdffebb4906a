// SPDX-License-Identifier: Apache-2.0
// Arithmetic, activations, convolutions, matrix products, one-hot DNA, pools.
#include <stdexcept>

#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "core/ops/one_hot.h"
#include "core/ops/pooling.h"
#include "tests/ops/golden.h"

namespace genocuda::op_test {
namespace {

using Outputs = std::map<std::string, Value>;

ActivationKind activation_kind(const std::string& name) {
  for (const ActivationKind kind :
       {ActivationKind::sigmoid, ActivationKind::tanh, ActivationKind::relu, ActivationKind::thresholded_relu,
        ActivationKind::leaky_relu, ActivationKind::softplus, ActivationKind::elu, ActivationKind::gelu,
        ActivationKind::exp, ActivationKind::log1p}) {
    if (name_of(kind) == name) return kind;
  }
  throw std::invalid_argument("no activation is called " + name);
}

/// Where the case names the rule that its padding follows, the rule is what is tested.
SlidingWindow window_of(const GoldenCase& golden, std::int64_t length) {
  const SlidingWindow window{golden.whole("width"), golden.whole("stride"), golden.whole("dilation"),
                             golden.whole("pad_left"), golden.whole("pad_right")};
  const std::string rule = golden.text("padding");
  if (rule.empty()) return window;
  return sliding_window(rule == "same" ? Padding::same : Padding::ceil, length, window.width, window.stride,
                        window.dilation);
}

UnknownBase unknown_of(const GoldenCase& golden) {
  return golden.text("unknown") == "quarters" ? UnknownBase::quarters : UnknownBase::zeros;
}

Outputs build_arithmetic(const GoldenCase& golden, const CaseValues& in) {
  const std::string name = golden.text("operator");
  if (name == "add") return {{"y", in["a"] + in["b"]}};
  if (name == "subtract") return {{"y", in["a"] - in["b"]}};
  if (name == "multiply") return {{"y", in["a"] * in["b"]}};
  if (name == "scale") return {{"y", scale(in["x"], golden.number("factor"), golden.number("offset"))}};
  throw std::invalid_argument("no operator is called " + name);
}

Outputs build_activation(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", activation(in["x"], activation_kind(golden.text("kind")), golden.number("alpha"))}};
}

Outputs build_prelu(const GoldenCase&, const CaseValues& in) { return {{"y", prelu(in["x"], in["slope"])}}; }

Outputs build_maxout(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", maxout(in["x"], static_cast<int>(golden.whole("pieces")))}};
}

Outputs build_conv1d(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", conv1d(in["x"], in["filters"], window_of(golden, in["x"].shape()[1]))}};
}

Outputs build_one_hot(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", one_hot(in["dna"], in.dtype(), unknown_of(golden))}};
}

Outputs build_onehot_conv1d(const GoldenCase& golden, const CaseValues& in) {
  const SlidingWindow window = window_of(golden, in["dna"].shape()[1]);
  return {{"y", onehot_conv1d(in["dna"], in["filters"], window, unknown_of(golden))}};
}

template <auto pool>
Outputs build_pool(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", pool(in["x"], window_of(golden, in["x"].shape()[1]))}};
}

template <auto pool>
Outputs build_global_pool(const GoldenCase&, const CaseValues& in) {
  return {{"y", pool(in["x"])}};
}

Outputs build_matmul(const GoldenCase& golden, const CaseValues& in) {
  return {{"y", matmul(in["a"], in["b"], golden.flag("transpose_a"), golden.flag("transpose_b"))}};
}

Outputs build_dense(const GoldenCase&, const CaseValues& in) {
  return {{"y", add_bias(dense(in["x"], in["weights"]), in["bias"])}};
}

}  // namespace

void add_golden_families_a(std::vector<GoldenFamily>& families) {
  families.push_back({"activation", build_activation});
  families.push_back({"arithmetic", build_arithmetic});
  families.push_back({"avg_pool1d", build_pool<avg_pool1d>});
  families.push_back({"conv1d", build_conv1d});
  families.push_back({"dense", build_dense});
  families.push_back({"global_max_pool1d", build_global_pool<global_max_pool1d>});
  families.push_back({"global_mean_pool1d", build_global_pool<global_mean_pool1d>});
  families.push_back({"matmul", build_matmul});
  families.push_back({"max_pool1d", build_pool<max_pool1d>});
  families.push_back({"maxout", build_maxout});
  families.push_back({"one_hot", build_one_hot});
  families.push_back({"onehot_conv1d", build_onehot_conv1d});
  families.push_back({"prelu", build_prelu});
}

}  // namespace genocuda::op_test
