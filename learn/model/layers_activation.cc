// SPDX-License-Identifier: Apache-2.0
// Layers that change each number, or a position's channels, alone.
#include "core/ops/activation.h"
#include "core/ops/softmax.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

template <ActivationKind kind>
Signal build_activation(LayerContext&, std::span<const Signal> inputs) {
  return inputs[0].with(activation(inputs[0].value, kind));
}

template <ActivationKind kind>
LayerType plain() {
  return {.name = name_of(kind), .keys = {}, .build = build_activation<kind>};
}

Signal build_thresholded_relu(LayerContext& context, std::span<const Signal> inputs) {
  return inputs[0].with(thresholded_relu(inputs[0].value, get_number(context.settings(), "alpha", 1)));
}

Signal build_leaky_relu(LayerContext& context, std::span<const Signal> inputs) {
  return inputs[0].with(leaky_relu(inputs[0].value, get_number(context.settings(), "alpha", 0.01)));
}

Signal build_elu(LayerContext& context, std::span<const Signal> inputs) {
  return inputs[0].with(elu(inputs[0].value, get_number(context.settings(), "alpha", 1)));
}

Signal build_prelu(LayerContext& context, std::span<const Signal> inputs) {
  const Value x = inputs[0].value;
  return inputs[0].with(
      prelu(x, context.vector("slope", x.shape()[-1], get_number(context.settings(), "slope", 0.25))));
}

Signal build_maxout(LayerContext& context, std::span<const Signal> inputs) {
  return inputs[0].with(maxout(inputs[0].value, static_cast<int>(get_integer(context.settings(), "pieces", 2))));
}

Signal build_softmax(LayerContext&, std::span<const Signal> inputs) { return inputs[0].with(softmax(inputs[0].value)); }

}  // namespace

std::vector<LayerType> activation_layers() {
  const KeyRule alpha{.key = "alpha"};
  return {
      plain<ActivationKind::relu>(),
      plain<ActivationKind::sigmoid>(),
      plain<ActivationKind::tanh>(),
      plain<ActivationKind::softplus>(),
      plain<ActivationKind::gelu>(),
      plain<ActivationKind::exp>(),
      plain<ActivationKind::log1p>(),
      {.name = "thresholded_relu", .keys = {alpha}, .build = build_thresholded_relu},
      {.name = "leaky_relu", .keys = {alpha}, .build = build_leaky_relu},
      {.name = "elu", .keys = {alpha}, .build = build_elu},
      {.name = "prelu", .keys = {{.key = "slope"}}, .build = build_prelu},
      {.name = "maxout",
       .keys = {{.key = "pieces", .kind = SettingKind::integer, .required = true, .least = 2, .most = 1000}},
       .build = build_maxout},
      {.name = "softmax", .keys = {}, .build = build_softmax},
  };
}

}  // namespace genocuda
