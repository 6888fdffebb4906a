// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/graph.h"

/// Operators that move numbers and compute none. Axes may be negative, counted from the end.
namespace genocuda {

/// The same elements in the same order under another shape.
Value reshape(Value x, const Shape& shape);
/// [batch, ...] -> [batch, product of the rest].
Value flatten(Value x);
/// Joins along an axis; all other extents agree.
Value concat(const std::vector<Value>& parts, int axis = -1);
/// Elements [start, start + length) of an axis.
Value slice(Value x, int axis, std::int64_t start, std::int64_t length);
/// Takes `left` and `right` positions off the length axis of [batch, length, channels].
Value crop(Value x, std::int64_t left, std::int64_t right);
/// Zeros before and after along an axis.
Value pad(Value x, int axis, std::int64_t before, std::int64_t after);

namespace ops {
extern const Operator kReshape, kConcat, kSlice, kPad;
struct ReshapeAttributes {
  Shape shape;
};
struct AxisAttributes {
  int axis = 0;             ///< not negative
  std::int64_t start = 0;   ///< slice: first element; pad: zeros before
  std::int64_t length = 0;  ///< slice: elements; pad: zeros after
};
}  // namespace ops

}  // namespace genocuda
