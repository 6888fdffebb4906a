// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/graph.h"
#include "core/ops/activation.h"
#include "core/ops/sliding_window.h"

/// Layers in one piece: product, bias and activation, so that what lies between them is never in memory. The fusion
/// pass makes them where a device can run them; there is no need to call them.
namespace genocuda {

/// f(add_bias(matmul(a, b), bias)): a [m, k], b [k, n], bias [n] -> [m, n]. No activation: f is the identity. The
/// derivative of f must follow from its value (ops::derivative_from_output).
Value dense_activation(Value a, Value b, Value bias, const std::optional<ops::ActivationAttributes>& activation);

/// f(add_bias(conv1d(x, filters, window), bias)), f as above.
Value conv1d_activation(Value x, Value filters, Value bias, const SlidingWindow& window,
                        const std::optional<ops::ActivationAttributes>& activation);

namespace ops {
/// dense_activation(a, b, bias) -> y; conv1d_activation(x, filters, bias) -> y.
extern const Operator kDenseActivation, kConv1dActivation;
struct DenseActivationAttributes {
  std::optional<ActivationAttributes> activation;
};
struct Conv1dActivationAttributes {
  SlidingWindow window;
  std::optional<ActivationAttributes> activation;
};
}  // namespace ops

}  // namespace genocuda
