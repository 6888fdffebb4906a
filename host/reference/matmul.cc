// SPDX-License-Identifier: Apache-2.0
#include "core/ops/matmul.h"

#include <algorithm>
#include <cstdint>

#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// A matrix in memory, or its transpose.
template <typename T>
struct Matrix {
  const T* data;
  std::int64_t row_step, column_step;

  Matrix(const TensorView& view, bool transposed)
      : data(view.as<T>()), row_step(transposed ? 1 : view.shape()[1]), column_step(transposed ? view.shape()[1] : 1) {}
  T operator()(std::int64_t row, std::int64_t column) const { return data[row * row_step + column * column_step]; }
};

struct Matmul {
  using Attributes = ops::MatmulAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Matrix<T> a(context.inputs[0], attributes.transpose_a), b(context.inputs[1], attributes.transpose_b);
    const std::int64_t inner = context.inputs[0].shape()[attributes.transpose_a ? 0 : 1];
    const std::int64_t rows = context.outputs[0].shape()[0], columns = context.outputs[0].shape()[1];
    T* y = context.outputs[0].as<T>();
    std::fill_n(y, rows * columns, T{0});
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t k = 0; k < inner; ++k) {
        for (std::int64_t j = 0; j < columns; ++j) y[i * columns + j] += a(i, k) * b(k, j);
      }
    }
  }
};

struct AddBias {
  using Attributes = NoAttributes;
  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    const T *x = context.inputs[0].as<T>(), *bias = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    const std::int64_t channels = context.inputs[1].elements();
    for (std::int64_t i = 0; i < context.outputs[0].elements(); ++i) y[i] = x[i] + bias[i % channels];
  }
};

}  // namespace

void add_matmul(ImplementationTable& table) {
  table.add(ops::kMatmul, implementation<Matmul>());
  table.add(ops::kAddBias, implementation<AddBias>());
}

}  // namespace genocuda::reference
