// SPDX-License-Identifier: Apache-2.0
// Layers that summarise positions.
#include "core/ops/checks.h"
#include "core/ops/pooling.h"
#include "core/ops/rearrange.h"
#include "core/ops/reduction.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

using Pool = Value (*)(Value, const SlidingWindow&);
using GlobalPool = Value (*)(Value);

template <Pool pool>
Signal build_pool(LayerContext& context, std::span<const Signal> inputs) {
  require_positions(inputs[0]);
  const SlidingWindow window = context.window(inputs[0].value.shape()[1], get_integer(context.settings(), "width", 1));
  return inputs[0].seen_through(window, pool(inputs[0].value, window));
}

template <GlobalPool pool>
Signal build_global_pool(LayerContext&, std::span<const Signal> inputs) {
  require_positions(inputs[0]);
  return inputs[0].seen_whole(pool(inputs[0].value));
}

Signal build_total(LayerContext&, std::span<const Signal> inputs) {
  const Value x = inputs[0].value;
  return inputs[0].seen_whole(reshape(sum(x, 1, x.shape().rank()), {x.shape()[0], 1}));
}

LayerType pool_layer(std::string_view name, Signal (*build)(LayerContext&, std::span<const Signal>)) {
  return {.name = name,
          .keys = {{.key = "width", .kind = SettingKind::integer, .required = true, .least = 1, .most = kLargestExtent},
                   {.key = "stride", .kind = SettingKind::integer, .least = 1, .most = kLargestExtent},
                   {.key = "padding", .kind = SettingKind::text, .choices = {"valid", "same", "ceil"}}},
          .build = build};
}

}  // namespace

std::vector<LayerType> pooling_layers() {
  return {
      pool_layer("max_pool", build_pool<max_pool1d>),
      pool_layer("avg_pool", build_pool<avg_pool1d>),
      {.name = "global_max_pool", .keys = {}, .build = build_global_pool<global_max_pool1d>},
      {.name = "global_mean_pool", .keys = {}, .build = build_global_pool<global_mean_pool1d>},
      {.name = "total", .keys = {}, .build = build_total},
  };
}

}  // namespace genocuda
