// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

namespace genocuda {

/// Over the last axis, with the maximum subtracted first.
Value softmax(Value x);
Value log_softmax(Value x);

namespace ops {
/// softmax(x) -> y; softmax_gradient(d, y) -> y · (d − Σ d·y), self-adjoint.
/// log_softmax(x) -> y; log_softmax_backward(dy, y) -> dy − e^y Σ dy; log_softmax_tangent(t, y) -> t − Σ t·e^y.
extern const Operator kSoftmax, kSoftmaxGradient, kLogSoftmax, kLogSoftmaxBackward, kLogSoftmaxTangent;
}  // namespace ops

}  // namespace genocuda
