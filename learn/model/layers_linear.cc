// SPDX-License-Identifier: Apache-2.0
// Layers with weights: convolution and dense.
#include "core/ops/checks.h"
#include "core/ops/conv1d.h"
#include "core/ops/matmul.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

const KeyRule kCount{.key = "",
                     .kind = SettingKind::integer,
                     .required = true,
                     .least = 1,
                     .most = kLargestExtent,
                     .choices = {"tasks"}};

std::vector<KeyRule> with_weight_keys(std::vector<KeyRule> keys) {
  keys.push_back({.key = "bias", .kind = SettingKind::boolean});
  keys.push_back({.key = "init",
                  .kind = SettingKind::text,
                  .choices = {"uniform_fan_in", "he_normal", "he_uniform", "glorot_uniform"}});
  for (const std::string_view key : {"l1", "l2", "max_norm"}) keys.push_back({.key = key, .least = 0});
  return keys;
}

KeyRule count_key(std::string_view key) {
  KeyRule rule = kCount;
  rule.key = key;
  return rule;
}

KeyRule extent_key(std::string_view key, bool required = false) {
  return {.key = key, .kind = SettingKind::integer, .required = required, .least = 1, .most = kLargestExtent};
}

Signal build_conv(LayerContext& context, std::span<const Signal> inputs) {
  const Signal& x = inputs[0];
  require_positions(x);
  const SlidingWindow window = context.window(x.value.shape()[1], 1);
  const std::int64_t in = x.value.shape()[2], out = context.count("filters");
  const Shape shape{window.width, in, out};
  const std::int64_t fan_in = shape.product(0, 2);
  const Value filters = context.weights("filters", shape, fan_in, shape.elements() / in);
  Value y = conv1d(x.value, filters, window);
  if (get_boolean(context.settings(), "bias", true)) y = add_bias(y, context.bias(out, fan_in));
  return x.seen_through(window, y);
}

Signal build_dense(LayerContext& context, std::span<const Signal> inputs) {
  const Signal& x = inputs[0];
  const std::int64_t in = x.value.shape()[-1], out = context.count("units");
  Value y = dense(x.value, context.weights("weights", {in, out}, in, out));
  if (get_boolean(context.settings(), "bias", true)) y = add_bias(y, context.bias(out, in));
  return x.with(y);
}

}  // namespace

std::vector<LayerType> linear_layers() {
  return {
      {.name = "conv",
       .keys = with_weight_keys({count_key("filters"),
                                 extent_key("width", true),
                                 extent_key("stride"),
                                 extent_key("dilation"),
                                 {.key = "padding",
                                  .kind = SettingKind::integers,
                                  .least = 0,
                                  .most = kLargestExtent,
                                  .choices = {"valid", "same"},
                                  .count = 2}}),
       .build = build_conv},
      {.name = "dense", .keys = with_weight_keys({count_key("units")}), .build = build_dense},
  };
}

}  // namespace genocuda
