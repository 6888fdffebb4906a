// SPDX-License-Identifier: Apache-2.0
// Layers that act differently in training, batch norm and dropout, and that which standardises by given numbers.
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
  const auto n_channels = static_cast<std::size_t>(channels);
  const Value running_mean = context.statistic("running_mean", std::vector<double>(n_channels, 0));
  const Value running_variance = context.statistic("running_variance", std::vector<double>(n_channels, 1));
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

/// A list of one number a channel, or `otherwise` for each where there is none.
std::vector<double> of_channels(const LayerContext& context, std::string_view key, std::int64_t channels,
                                double otherwise) {
  const auto count = static_cast<std::size_t>(channels);
  if (!context.settings().contains(key)) return std::vector<double>(count, otherwise);
  std::vector<double> numbers = get_numbers(context.settings(), key);
  ops::require(numbers.size() == count, "'{}' has {} numbers for {} channels", key, numbers.size(), channels);
  return numbers;
}

/// (x − mean) / scale, with numbers that data gave before training. They are written into the model's tensors, which
/// are what counts from then on.
Signal build_standardise(LayerContext& context, std::span<const Signal> inputs) {
  const Signal& x = inputs[0];
  const std::int64_t channels = x.value.shape()[-1];
  std::vector<double> variances = of_channels(context, "scale", channels, 1);
  for (double& variance : variances) variance *= variance;
  const Value mean = context.statistic("mean", of_channels(context, "mean", channels, 0));
  const Value variance = context.statistic("variance", std::move(variances));
  const Value one = context.graph.constant(1, mean.type()), zero = context.graph.constant(0, mean.type());
  return x.with(batch_norm_inference(x.value, one, zero, mean, variance, 0));
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
      {.name = "standardise",
       .keys = {{.key = "mean", .kind = SettingKind::numbers, .least = -1e30, .most = 1e30},
                {.key = "scale", .kind = SettingKind::numbers, .least = 1e-15, .most = 1e15}},
       .build = build_standardise},
      {.name = "dropout",
       .keys = {{.key = "rate", .required = true, .least = 0, .most = 0.99}},
       .build = build_dropout},
  };
}

}  // namespace genocuda
