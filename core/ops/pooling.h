// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"
#include "core/ops/sliding_window.h"

/// Pools along the sequence: x [batch, length, channels] -> [batch, out_length, channels].
namespace genocuda {

/// The largest element of each window; padding never wins; ties go to the first position, NaN wins.
Value max_pool1d(Value x, const SlidingWindow& window);
/// The mean of each window over the positions that lie in the sequence (padding is not counted).
Value avg_pool1d(Value x, const SlidingWindow& window);
/// [batch, length, channels] -> [batch, channels].
Value global_max_pool1d(Value x);
Value global_mean_pool1d(Value x);

namespace ops {
/// max_pool1d(x) -> y, argmax: the winner's k in its window, u8 for widths up to 256, else i32.
/// max_pool1d_backward(dy, argmax) -> dx, gathered per input position in a fixed order (windows may overlap).
/// max_pool1d_gather(t, argmax) -> the winners of t, as the forward mode needs.
/// Dilation is 1. A window may start left of the sequence (pad_left), but holds at least one position of it.
extern const Operator kMaxPool1d, kMaxPool1dBackward, kMaxPool1dGather;
/// avg_pool1d(x) -> y; avg_pool1d_backward(dy) -> dx.
extern const Operator kAvgPool1d, kAvgPool1dBackward;
/// The number of windows over a length; an Error where one would hold no position of the sequence.
std::int64_t pool_windows(const SlidingWindow& window, std::int64_t length);
struct PoolAttributes {
  SlidingWindow window;
  std::int64_t input_length = 0;  ///< of the backward operators
};
}  // namespace ops

}  // namespace genocuda
