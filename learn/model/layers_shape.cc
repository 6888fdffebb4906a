// SPDX-License-Identifier: Apache-2.0
// Layers that move numbers and compute none.
#include "core/ops/checks.h"
#include "core/ops/rearrange.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

Signal build_flatten(LayerContext&, std::span<const Signal> inputs) {
  return inputs[0].seen_whole(flatten(inputs[0].value));
}

Signal build_crop(LayerContext& context, std::span<const Signal> inputs) {
  require_positions(inputs[0]);
  const SettingTable& settings = context.settings();
  std::int64_t left = get_integer(settings, "left", 0), right = get_integer(settings, "right", 0);
  if (settings.contains("length")) {
    ops::require(left == 0 && right == 0, "crop takes either 'length' or 'left' and 'right'");
    const std::int64_t length = inputs[0].value.shape()[1], kept = get_integer(settings, "length", 0);
    ops::require(kept <= length, "crop to {} positions, but there are {}", kept, length);
    left = (length - kept) / 2;
    right = length - kept - left;
  }
  ops::require(left + right < inputs[0].value.shape()[1],
               "it leaves nothing of {} positions: {} go on the left and {} "
               "on the right",
               inputs[0].value.shape()[1], left, right);
  return inputs[0].with(crop(inputs[0].value, left, right));
}

Signal build_pad(LayerContext& context, std::span<const Signal> inputs) {
  require_positions(inputs[0]);
  return inputs[0].with(
      pad(inputs[0].value, 1, get_integer(context.settings(), "left", 0), get_integer(context.settings(), "right", 0)));
}

Signal build_slice(LayerContext& context, std::span<const Signal> inputs) {
  const bool positions = get_text(context.settings(), "axis", "channels") == "positions";
  if (positions) require_positions(inputs[0]);
  const int axis = positions ? 1 : -1;
  const std::int64_t start = get_integer(context.settings(), "start", 0),
                     length = get_integer(context.settings(), "length", 1), all = inputs[0].value.shape()[axis];
  ops::require(start + length <= all, "{} {} from {} on do not lie among {}", length,
               positions ? "positions" : "channels", start, all);
  return inputs[0].with(slice(inputs[0].value, axis, start, length));
}

KeyRule extent_key(std::string_view key, double least, bool required = false) {
  return {.key = key, .kind = SettingKind::integer, .required = required, .least = least, .most = kLargestExtent};
}

}  // namespace

std::vector<LayerType> shape_layers() {
  return {
      {.name = "flatten", .keys = {}, .build = build_flatten},
      {.name = "crop",
       .keys = {extent_key("left", 0), extent_key("right", 0), extent_key("length", 1)},
       .build = build_crop},
      {.name = "pad", .keys = {extent_key("left", 0), extent_key("right", 0)}, .build = build_pad},
      {.name = "slice",
       .keys = {{.key = "axis", .kind = SettingKind::text, .choices = {"channels", "positions"}},
                extent_key("start", 0, true),
                extent_key("length", 1, true)},
       .build = build_slice},
  };
}

}  // namespace genocuda
