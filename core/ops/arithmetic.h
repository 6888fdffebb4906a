// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Elementwise arithmetic on two values of the same floating type, and on a value and numbers.
namespace genocuda {

Value add(Value a, Value b);
Value subtract(Value a, Value b);
Value multiply(Value a, Value b);
/// factor · x + offset, elementwise.
Value scale(Value x, double factor, double offset = 0);
/// The floating value in another floating type; gradients come back in the type of `x`.
Value cast(Value x, DType dtype);

inline Value operator+(Value a, Value b) { return add(a, b); }
inline Value operator-(Value a, Value b) { return subtract(a, b); }
inline Value operator*(Value a, Value b) { return multiply(a, b); }
inline Value operator+(Value a, double b) { return scale(a, 1, b); }
inline Value operator*(Value a, double b) { return scale(a, b); }

namespace ops {
extern const Operator kAdd, kSubtract, kMultiply, kScale, kCast;
struct ScaleAttributes {
  double factor = 1;
  double offset = 0;
};
struct CastAttributes {
  DType dtype = DType::f32;
};
}  // namespace ops

}  // namespace genocuda
