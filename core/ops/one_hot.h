// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"
#include "core/ops/sliding_window.h"

/// From packed DNA (core/dna.h) to numbers.
namespace genocuda {

/// What an unknown base (N) looks like as four numbers: 0 0 0 0, or 0.25 in each.
enum class UnknownBase { zeros, quarters };

/// dna [batch, length] -> [batch, length, 4] of `dtype` in the order A, C, G, T.
Value one_hot(Value dna, DType dtype = DType::f32, UnknownBase unknown = UnknownBase::zeros);

/// dna [batch, length] -> dna [2 · batch, length]: row 2i is sequence i, row 2i + 1 its reverse complement.
Value both_strands(Value dna);

/// conv1d(one_hot(dna), filters) without the one-hot tensor: dna [batch, length], filters [width, 4, out] ->
/// [batch, out_length, out] of the filters' dtype. The fusion pass makes it; there is no need to call it.
Value onehot_conv1d(Value dna, Value filters, const SlidingWindow& window, UnknownBase unknown);

namespace ops {
extern const Operator kOneHot, kBothStrands;
struct OneHotAttributes {
  DType dtype = DType::f32;
  UnknownBase unknown = UnknownBase::zeros;
};
/// onehot_conv1d(dna, filters) -> y; onehot_conv1d_backward_filters(dna, dy) -> dfilters.
extern const Operator kOnehotConv1d, kOnehotConv1dBackwardFilters;
struct OnehotConv1dAttributes {
  SlidingWindow window;
  UnknownBase unknown = UnknownBase::zeros;
};
/// "width 19, stride 1, dilation 1, padding 0 + 0, N as zeros".
std::string to_string(const OnehotConv1dAttributes& attributes);
}  // namespace ops

}  // namespace genocuda
