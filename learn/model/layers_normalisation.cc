// SPDX-License-Identifier: Apache-2.0
// Layers that act differently in training: batch norm and dropout.
#include <algorithm>

#include "core/name_hash.h"
#include "core/ops/arithmetic.h"
#include "core/ops/batch_norm.h"
#include "core/ops/checks.h"
#include "core/ops/dropout.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

Signal build_batch_norm(LayerContext& context, std::span<const Signal> inputs) {
  const Signal& x = inputs[0];
  const std::int64_t channels = x.value.shape()[-1];
  const double epsilon = get_number(context.settings(), "epsilon", 1e-5);
  const Value gamma = context.vector("gamma", channels, 1), beta = context.vector("beta", channels, 0);
  const Value running_mean = context.statistic("running_mean", channels, 0);
  const Value running_variance = context.statistic("running_variance", channels, 1);
  if (!context.trains()) {
    return x.with(batch_norm_inference(x.value, gamma, beta, running_mean, running_variance, epsilon));
  }
  const BatchNormResult result = batch_norm(x.value, gamma, beta, epsilon);
  const double momentum = get_number(context.settings(), "momentum", 0.1);
  const double n = static_cast<double>(x.value.shape().product(0, x.value.shape().rank() - 1));
  const double unbiased = n / std::max(n - 1, 1.0);
  context.graph.assign(running_mean, running_mean * (1 - momentum) + result.mean * momentum);
  context.graph.assign(running_variance, running_variance * (1 - momentum) + result.variance * (momentum * unbiased));
  return x.with(result.y);
}

Signal build_dropout(LayerContext& context, std::span<const Signal> inputs) {
  const double rate = get_number(context.settings(), "rate", 0.5);
  if (!context.trains() || rate == 0) return inputs[0];
  ops::require(static_cast<bool>(context.options.step), "dropout in training needs BuildOptions::step");
  // The layer's number is made of its name, so that a net with one more layer before it still drops the same units.
  const auto layer = static_cast<std::uint32_t>(name_hash(context.name()));
  return inputs[0].with(dropout(inputs[0].value, context.options.step, rate, context.options.seed, layer));
}

}  // namespace

std::vector<LayerType> normalisation_layers() {
  return {
      {.name = "batch_norm",
       .keys = {{.key = "epsilon", .least = 1e-12, .most = 1}, {.key = "momentum", .least = 0, .most = 1}},
       .build = build_batch_norm},
      {.name = "dropout",
       .keys = {{.key = "rate", .required = true, .least = 0, .most = 0.99}},
       .build = build_dropout},
  };
}

}  // namespace genocuda
