// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Sums over a run of neighbouring axes [first, last), which vanish from the shape, and their adjoint.
namespace genocuda {

Value sum(Value x, int first, int last);
Value mean(Value x, int first, int last);
/// Over everything: a scalar.
Value sum(Value x);
Value mean(Value x);
/// The adjoint of sum: inserts axes with `extents` before axis `first` of x and repeats x along them.
Value broadcast(Value x, int first, const Shape& extents);

namespace ops {
/// Viewed as [outer, reduced, inner]; every sum runs in an order that depends on the shape alone.
extern const Operator kSum, kBroadcast;
struct SumAttributes {
  int first = 0;
  int last = 0;
};
struct BroadcastAttributes {
  int first = 0;
  Shape extents;
};
}  // namespace ops

}  // namespace genocuda
