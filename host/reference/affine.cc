// SPDX-License-Identifier: Apache-2.0
#include "core/ops/affine.h"

#include <cstdint>

#include "host/reference/activation.h"
#include "host/reference/reference.h"
#include "host/reference/taps.h"

namespace genocuda::reference {
namespace {

/// y = f(y) in place, f the identity where there is none.
template <typename T>
void activate(const TensorView& y, const std::optional<ops::ActivationAttributes>& f) {
  if (!f) return;
  T* values = y.as<T>();
  const T alpha = static_cast<T>(f->alpha);
  for (std::int64_t i = 0; i < y.elements(); ++i) values[i] = activation(f->kind, alpha, values[i]);
}

/// Every row of y starts as the bias.
template <typename T>
void fill_with_bias(const TensorView& y, const TensorView& bias) {
  const std::int64_t channels = bias.elements();
  for (std::int64_t i = 0; i < y.elements(); ++i) y.as<T>()[i] = bias.as<T>()[i % channels];
}

struct DenseActivation {
  using Attributes = ops::DenseActivationAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T *a = context.inputs[0].as<T>(), *b = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    const std::int64_t rows = context.outputs[0].shape()[0], columns = context.outputs[0].shape()[1];
    const std::int64_t inner = context.inputs[1].shape()[0];
    fill_with_bias<T>(context.outputs[0], context.inputs[2]);
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t k = 0; k < inner; ++k) {
        for (std::int64_t j = 0; j < columns; ++j) y[i * columns + j] += a[i * inner + k] * b[k * columns + j];
      }
    }
    activate<T>(context.outputs[0], attributes.activation);
  }
};

struct Conv1dActivation {
  using Attributes = ops::Conv1dActivationAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const T *x = context.inputs[0].as<T>(), *filters = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    const Shape x_shape = context.inputs[0].shape(), y_shape = context.outputs[0].shape();
    const std::int64_t length = x_shape[1], in = x_shape[2], out_length = y_shape[1], out = y_shape[2];
    fill_with_bias<T>(context.outputs[0], context.inputs[2]);
    for (std::int64_t b = 0; b < x_shape[0]; ++b) {
      for_each_tap(attributes.window, length, out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < in; ++c) {
          const T value = x[(b * length + i) * in + c];
          for (std::int64_t f = 0; f < out; ++f) {
            y[(b * out_length + o) * out + f] += value * filters[(k * in + c) * out + f];
          }
        }
      });
    }
    activate<T>(context.outputs[0], attributes.activation);
  }
};

}  // namespace

void add_affine(ImplementationTable& table) {
  table.add(ops::kDenseActivation, implementation<DenseActivation>());
  table.add(ops::kConv1dActivation, implementation<Conv1dActivation>());
}

}  // namespace genocuda::reference
