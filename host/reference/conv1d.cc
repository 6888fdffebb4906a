// SPDX-License-Identifier: Apache-2.0
#include "core/ops/conv1d.h"

#include <algorithm>
#include <cstdint>

#include "host/reference/reference.h"
#include "host/reference/taps.h"

namespace genocuda::reference {
namespace {

/// Extents of x [batch, length, in], filters [width, in, out] and y [batch, out_length, out].
struct Extents {
  std::int64_t batch, length, in, out_length, out;
  Extents(const Shape& x, const Shape& y) : batch(x[0]), length(x[1]), in(x[2]), out_length(y[1]), out(y[2]) {}
};

struct Conv1d {
  using Attributes = ops::Conv1dAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.inputs[0].shape(), context.outputs[0].shape());
    const T *x = context.inputs[0].as<T>(), *filters = context.inputs[1].as<T>();
    T* y = context.outputs[0].as<T>();
    std::fill_n(y, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < n.in; ++c) {
          const T value = x[(b * n.length + i) * n.in + c];
          for (std::int64_t f = 0; f < n.out; ++f) {
            y[(b * n.out_length + o) * n.out + f] += value * filters[(k * n.in + c) * n.out + f];
          }
        }
      });
    }
  }
};

struct Conv1dBackwardInput {
  using Attributes = ops::Conv1dAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.outputs[0].shape(), context.inputs[0].shape());
    const T *dy = context.inputs[0].as<T>(), *filters = context.inputs[1].as<T>();
    T* dx = context.outputs[0].as<T>();
    std::fill_n(dx, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < n.in; ++c) {
          double sum = 0;
          for (std::int64_t f = 0; f < n.out; ++f) {
            sum += static_cast<double>(dy[(b * n.out_length + o) * n.out + f]) * filters[(k * n.in + c) * n.out + f];
          }
          dx[(b * n.length + i) * n.in + c] += static_cast<T>(sum);
        }
      });
    }
  }
};

struct Conv1dBackwardFilters {
  using Attributes = ops::Conv1dAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.inputs[0].shape(), context.inputs[1].shape());
    const T *x = context.inputs[0].as<T>(), *dy = context.inputs[1].as<T>();
    T* dfilters = context.outputs[0].as<T>();
    std::fill_n(dfilters, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.out_length, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < n.in; ++c) {
          const T value = x[(b * n.length + i) * n.in + c];
          for (std::int64_t f = 0; f < n.out; ++f) {
            dfilters[(k * n.in + c) * n.out + f] += value * dy[(b * n.out_length + o) * n.out + f];
          }
        }
      });
    }
  }
};

}  // namespace

void add_conv1d(ImplementationTable& table) {
  table.add(ops::kConv1d, implementation<Conv1d>());
  table.add(ops::kConv1dBackwardInput, implementation<Conv1dBackwardInput>());
  table.add(ops::kConv1dBackwardFilters, implementation<Conv1dBackwardFilters>());
}

}  // namespace genocuda::reference
