// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"
#include "core/ops/sliding_window.h"

/// Convolution along the sequence (cross-correlation, as everywhere in deep learning).
namespace genocuda {

/// x [batch, length, in], filters [width, in, out] -> [batch, out_length, out]:
/// y[b, o, f] = Σ_k Σ_c x[b, o · stride − pad_left + k · dilation, c] · filters[k, c, f]. `window.width` is the
/// filters'.
Value conv1d(Value x, Value filters, const SlidingWindow& window);

namespace ops {
/// conv1d(x, filters) -> y; conv1d_backward_input(dy, filters) -> dx; conv1d_backward_filters(x, dy) -> dfilters.
extern const Operator kConv1d, kConv1dBackwardInput, kConv1dBackwardFilters;
struct Conv1dAttributes {
  SlidingWindow window;
  std::int64_t input_length = 0;  ///< of conv1d_backward_input, whose result it cannot tell from dy
};
}  // namespace ops

}  // namespace genocuda
