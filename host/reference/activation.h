// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/ops/activation.h"

namespace genocuda::reference {

// Branches are written so that a NaN stays a NaN: a network that diverges must not look healthy behind a ReLU.

/// f(x).
template <typename T>
T activation(ActivationKind kind, T alpha, T x) {
  switch (kind) {
    case ActivationKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case ActivationKind::tanh:
      return std::tanh(x);
    case ActivationKind::relu:
      return x <= 0 ? 0 : x;
    case ActivationKind::thresholded_relu:
      return x <= alpha ? 0 : x;
    case ActivationKind::leaky_relu:
      return x > 0 ? x : alpha * x;
    case ActivationKind::softplus:
      return std::max<T>(x, 0) + std::log1p(std::exp(-std::abs(x)));
    case ActivationKind::elu:
      return x > 0 ? x : alpha * std::expm1(x);
    case ActivationKind::gelu:
      return x / 2 * std::erfc(-x / std::numbers::sqrt2_v<T>);
    case ActivationKind::exp:
      return std::exp(x);
    case ActivationKind::log1p:
      return std::log1p(x);
  }
  return x;
}

}  // namespace genocuda::reference
