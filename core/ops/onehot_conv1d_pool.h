// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/graph.h"
#include "core/ops/activation.h"
#include "core/ops/one_hot.h"
#include "core/ops/sliding_window.h"

/// The first layer of a network over DNA in one piece: max_pool1d(f(add_bias(onehot_conv1d(dna, filters), bias))) whose
/// convolution, the largest tensor of the network, is never in memory. The fusion pass makes it; there is no need to
/// call it.
namespace genocuda {

namespace ops {

/// Winners are stored in a byte.
inline constexpr std::int64_t kWidestFusedPool = 256;

struct OnehotConv1dPoolAttributes {
  SlidingWindow window = {};  ///< of the convolution
  UnknownBase unknown = UnknownBase::zeros;
  std::optional<ActivationAttributes> activation = std::nullopt;  ///< f; none: the identity
  SlidingWindow pool = {};  ///< over the convolution's positions, at most kWidestFusedPool wide
};

/// onehot_conv1d_pool(dna [batch, length], filters [width, 4, out], bias [out]) -> y [batch, windows, out], argmax u8
/// of that shape. y = f(bias + m), m the largest convolution of the window; argmax its k there, as of max_pool1d: ties
/// go to the first position, NaN wins, padding of the pool never does.
/// onehot_conv1d_pool_backward_filters(dna, d, argmax) -> dfilters [width, 4, out]: Σ over examples b and windows w of
/// d[b, w, f] where the winner of (b, w, f) looks at that base. `d` is the gradient of bias + m.
extern const Operator kOnehotConv1dPool, kOnehotConv1dPoolBackwardFilters;

/// Whether f may change places with a maximum: it never falls, is a number wherever its argument is one, and its
/// derivative follows from its value.
bool can_follow_pool(const ActivationAttributes& activation);

}  // namespace ops

/// y alone.
Value onehot_conv1d_pool(Value dna, Value filters, Value bias, const ops::OnehotConv1dPoolAttributes& attributes);

}  // namespace genocuda
