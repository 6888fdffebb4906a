// SPDX-License-Identifier: Apache-2.0
// Layers that read several others.
#include <algorithm>
#include <limits>

#include "core/ops/activation.h"
#include "core/ops/arithmetic.h"
#include "core/ops/checks.h"
#include "core/ops/rearrange.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

constexpr int kAnyNumber = std::numeric_limits<int>::max();

/// What a merged value sees: as much as the part that sees the most.
Signal merged(std::span<const Signal> inputs, Value value) {
  Signal result = inputs[0].with(value);
  for (const Signal& input : inputs) {
    result.reach = std::max(result.reach, input.reach);
    result.stride = std::max(result.stride, input.stride);
  }
  return result;
}

template <Value (*combine)(Value, Value)>
Signal build_fold(LayerContext&, std::span<const Signal> inputs) {
  Value result = inputs[0].value;
  for (const Signal& input : inputs.subspan(1)) {
    ops::require(input.value.shape() == result.shape(),
                 "it reads {} and {}, which must be alike: crop the longer, or make as many channels", in_words(result),
                 in_words(input.value));
    result = combine(result, input.value);
  }
  return merged(inputs, result);
}

/// log(e^a + e^b), safe for large numbers of either sign.
Value logsumexp(Value a, Value b) { return a + softplus(b - a); }

Signal build_concat(LayerContext& context, std::span<const Signal> inputs) {
  std::vector<Value> parts;
  const bool positions = get_text(context.settings(), "axis", "channels") == "positions";
  const Shape& first = inputs[0].value.shape();
  for (const Signal& input : inputs) {
    const Shape& shape = input.value.shape();
    if (positions) require_positions(input);
    ops::require(
        shape.rank() == first.rank() && (first.rank() < 3 || shape[positions ? 2 : 1] == first[positions ? 2 : 1]),
        "it reads {} and {}, which must have as many {}", in_words(inputs[0].value), in_words(input.value),
        positions ? "channels" : "positions: crop the longer, or pool both");
    parts.push_back(input.value);
  }
  return merged(inputs, concat(parts, positions ? 1 : -1));
}

LayerType merge(std::string_view name, Signal (*build)(LayerContext&, std::span<const Signal>)) {
  return {.name = name, .keys = {}, .build = build, .least_inputs = 2, .most_inputs = kAnyNumber};
}

}  // namespace

std::vector<LayerType> merge_layers() {
  LayerType join = merge("concat", build_concat);
  join.keys = {{.key = "axis", .kind = SettingKind::text, .choices = {"channels", "positions"}}};
  return {merge("add", build_fold<add>), merge("multiply", build_fold<multiply>),
          merge("logsumexp", build_fold<logsumexp>), join};
}

}  // namespace genocuda
