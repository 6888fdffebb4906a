// SPDX-License-Identifier: Apache-2.0
#include "core/ops/activation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "host/reference/activation.h"
#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// f′ from y = f(x).
template <typename T>
T derivative_of_output(ActivationKind kind, T alpha, T y) {
  switch (kind) {
    case ActivationKind::sigmoid:
      return y * (1 - y);
    case ActivationKind::tanh:
      return 1 - y * y;
    case ActivationKind::relu:
    case ActivationKind::thresholded_relu:
      return y > 0 ? 1 : 0;
    case ActivationKind::leaky_relu:
      return y > 0 ? 1 : alpha;
    case ActivationKind::softplus:
      return -std::expm1(-y);  // sigmoid(x) = 1 − 1 / (1 + e^x) = 1 − e^−y
    case ActivationKind::elu:
      return y > 0 ? 1 : y + alpha;
    case ActivationKind::exp:
      return y;
    case ActivationKind::log1p:
      return std::exp(-y);
    case ActivationKind::gelu:
      break;
  }
  return 0;
}

/// f′ from x, for the kinds whose y does not tell.
template <typename T>
T derivative_of_input(ActivationKind kind, T alpha, T x) {
  switch (kind) {
    case ActivationKind::thresholded_relu:
      return x > alpha ? 1 : 0;
    case ActivationKind::leaky_relu:
      return x > 0 ? 1 : alpha;
    case ActivationKind::elu:
      return x > 0 ? 1 : alpha * std::exp(x);
    case ActivationKind::gelu: {
      const T distribution = std::erfc(-x / std::numbers::sqrt2_v<T>) / 2;
      const T density = std::exp(-x * x / 2) * std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
      return distribution + x * density;
    }
    default:
      return 0;
  }
}

struct Activation {
  using Attributes = ops::ActivationAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T* x = context.inputs[0].as<T>();
    T* y = context.outputs[0].as<T>();
    const T alpha = static_cast<T>(attributes.alpha);
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = activation(attributes.kind, alpha, x[i]);
  }
};

struct ActivationGradient {
  using Attributes = ops::ActivationAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T *d = context.inputs[0].as<T>(), *saved = context.inputs[1].as<T>();
    T* result = context.outputs[0].as<T>();
    const T alpha = static_cast<T>(attributes.alpha);
    const auto derivative = ops::derivative_from_output(attributes) ? derivative_of_output<T> : derivative_of_input<T>;
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) {
      result[i] = d[i] * derivative(attributes.kind, alpha, saved[i]);
    }
  }
};

struct Prelu {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *x = context.inputs[0].as<T>(), *slope = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    const std::int64_t channels = context.inputs[1].elements();
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i)
      y[i] = x[i] > 0 ? x[i] : slope[i % channels] * x[i];
  }
};

struct PreluBackward {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *dy = context.inputs[0].as<T>(), *x = context.inputs[1].as<T>(), *slope = context.inputs[2].as<T>();
    T *dx = context.outputs[0].as<T>(), *dslope = context.outputs[1].as<T>();
    const std::int64_t channels = context.inputs[2].elements(), elements = context.inputs[0].elements();
    for (std::int64_t c = 0; c < channels; ++c) {
      double sum = 0;
      for (std::int64_t i = c; i < elements; i += channels) {
        if (!(x[i] > 0)) sum += static_cast<double>(dy[i]) * x[i];
      }
      dslope[c] = static_cast<T>(sum);
    }
    // After the sums, since dx may lie where dy does.
    for (std::int64_t i = 0; i < elements; ++i) dx[i] = x[i] > 0 ? dy[i] : slope[i % channels] * dy[i];
  }
};

}  // namespace

void add_activation(ImplementationTable& table) {
  table.add(ops::kActivation, implementation<Activation>());
  table.add(ops::kActivationGradient, implementation<ActivationGradient>());
  table.add(ops::kPrelu, implementation<Prelu>());
  table.add(ops::kPreluBackward, implementation<PreluBackward>());
}

}  // namespace genocuda::reference
