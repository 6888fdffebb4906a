// SPDX-License-Identifier: Apache-2.0
#include "learn/model/layer_type.h"

#include <algorithm>

#include "core/error.h"

namespace genocuda {
namespace {

InitialiserKind initialiser_kind(const std::string& name) {
  for (const InitialiserKind kind : {InitialiserKind::uniform_fan_in, InitialiserKind::he_normal,
                                     InitialiserKind::he_uniform, InitialiserKind::glorot_uniform}) {
    if (name_of(kind) == name) return kind;
  }
  throw Error(ErrorKind::internal, "initialiser '{}' has no meaning", name);
}

}  // namespace

Signal Signal::seen_through(const SlidingWindow& window, Value result) const {
  return {result, reach + static_cast<double>(window.span() - 1) * stride, stride * static_cast<double>(window.stride)};
}

Signal Signal::seen_whole(Value result) const {
  const Shape& shape = value.shape();
  const double positions = shape.rank() == 3 ? static_cast<double>(shape[1]) : 1;
  return {result, reach + (positions - 1) * stride, stride};
}

std::string in_words(Value value) {
  const Shape& shape = value.shape();
  if (shape.rank() == 3) return fmt::format("{} positions of {} channels", shape[1], shape[2]);
  return fmt::format("{} numbers", shape.product(1, shape.rank()));
}

void require_positions(const Signal& x) {
  if (x.value.shape().rank() == 3) return;
  throw Error(ErrorKind::invalid_argument,
              "it goes along positions, but what it reads is {}: put it before what flattens or pools all of them",
              in_words(x.value));
}

std::int64_t LayerContext::count(std::string_view key) const {
  return is_text(settings(), key) ? model_.size.tasks : get_integer(settings(), key, 0);
}

SlidingWindow LayerContext::window(std::int64_t length, std::int64_t default_stride) const {
  const std::int64_t width = get_integer(settings(), "width", 1);
  const std::int64_t stride = get_integer(settings(), "stride", default_stride);
  const std::int64_t dilation = get_integer(settings(), "dilation", 1);
  if (settings().contains("padding") && !is_text(settings(), "padding")) {
    const std::vector<double> sides = get_numbers(settings(), "padding");
    const SlidingWindow window{width, stride, dilation, static_cast<std::int64_t>(sides[0]),
                               static_cast<std::int64_t>(sides[1])};
    window.output_length(length);
    return window;
  }
  const std::string padding = get_text(settings(), "padding", "valid");
  const SlidingWindow window = sliding_window(padding == "same"   ? Padding::same
                                              : padding == "ceil" ? Padding::ceil
                                                                  : Padding::valid,
                                              length, width, stride, dilation);
  window.output_length(length);
  return window;
}

Value LayerContext::add(Parameter parameter, const Shape& shape) {
  parameter.variable = graph.variable(parameter.name, {options.dtype, shape});
  parameter.frozen = frozen_;
  model_.parameters.push_back(parameter);
  return parameter.variable;
}

Value LayerContext::weights(std::string_view leaf, const Shape& shape, std::int64_t fan_in, std::int64_t fan_out) {
  Parameter parameter;
  parameter.name = name_ + "/" + std::string(leaf);
  parameter.initialiser.kind = initialiser_kind(get_text(settings(), "init", "uniform_fan_in"));
  parameter.fan_in = fan_in;
  parameter.fan_out = fan_out;
  parameter.l1 = get_number(settings(), "l1", 0);
  parameter.l2 = get_number(settings(), "l2", 0);
  parameter.max_norm = get_number(settings(), "max_norm", 0);
  return add(std::move(parameter), shape);
}

Value LayerContext::bias(std::int64_t n, std::int64_t fan_in) {
  Parameter parameter;
  parameter.name = name_ + "/bias";
  parameter.initialiser.kind = initialiser_kind(get_text(settings(), "init", "uniform_fan_in"));
  if (parameter.initialiser.kind != InitialiserKind::uniform_fan_in) {
    parameter.initialiser = {InitialiserKind::constant, 0};
  }
  parameter.fan_in = fan_in;
  parameter.fan_out = n;
  parameter.decays = false;
  return add(std::move(parameter), {n});
}

Value LayerContext::vector(std::string_view leaf, std::int64_t n, double value) {
  Parameter parameter;
  parameter.name = name_ + "/" + std::string(leaf);
  parameter.initialiser = {InitialiserKind::constant, value};
  parameter.decays = false;
  return add(std::move(parameter), {n});
}

Value LayerContext::statistic(std::string_view leaf, std::vector<double> initial) {
  const std::string name = name_ + "/" + std::string(leaf);
  const Value variable = graph.variable(name, {options.dtype, {static_cast<std::int64_t>(initial.size())}});
  model_.statistics.push_back({name, variable, std::move(initial)});
  return variable;
}

std::span<const LayerType> layer_types() {
  static const std::vector<LayerType> types = [] {
    std::vector<LayerType> all = {{.name = "block", .keys = {}, .group = true},
                                  {.name = "residual", .keys = {}, .group = true}};
    for (auto& table : {linear_layers(), normalisation_layers(), activation_layers(), pooling_layers(), shape_layers(),
                        merge_layers(), word_layers()}) {
      all.insert(all.end(), table.begin(), table.end());
    }
    return all;
  }();
  return types;
}

const LayerType* find_layer_type(std::string_view name) {
  const auto types = layer_types();
  const auto found = std::ranges::find(types, name, &LayerType::name);
  return found == types.end() ? nullptr : &*found;
}

}  // namespace genocuda
