// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

namespace genocuda {

/// a [m, k] · b [k, n] -> [m, n]; a transposed operand is given as [k, m] or [n, k].
Value matmul(Value a, Value b, bool transpose_a = false, bool transpose_b = false);

/// A fully connected layer on the last axis: x [..., in], weights [in, out] -> [..., out].
Value dense(Value x, Value weights);

/// x [..., channels] + bias [channels].
Value add_bias(Value x, Value bias);

namespace ops {
extern const Operator kMatmul, kAddBias;
struct MatmulAttributes {
  bool transpose_a = false;
  bool transpose_b = false;
};
}  // namespace ops

}  // namespace genocuda
