// SPDX-License-Identifier: Apache-2.0
#include "core/ops/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// Calls body(x, second, y, width) with the rows of the first input, of the second (null where there is none) and of
/// the output; the last axis is a row.
template <typename T, typename Body>
void for_rows(const RunContext& context, const Body& body) {
  const Shape& shape = context.inputs[0].shape();
  const std::int64_t width = shape[-1], rows = shape.product(0, shape.rank() - 1);
  const T* second = context.inputs.size() > 1 ? context.inputs[1].as<const T>() : nullptr;
  for (std::int64_t row = 0; row < rows; ++row) {
    body(context.inputs[0].as<const T>() + row * width, second == nullptr ? nullptr : second + row * width,
         context.outputs[0].as<T>() + row * width, width);
  }
}

/// The largest element of a row and Σ e^(x − largest).
struct Partition {
  template <typename T>
  Partition(const T* x, std::int64_t width) {
    for (std::int64_t i = 0; i < width; ++i) largest = std::max<double>(largest, x[i]);
    for (std::int64_t i = 0; i < width; ++i) sum += std::exp(x[i] - largest);
  }
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
};

struct Softmax {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    for_rows<T>(context, [](const T* x, const T*, T* y, std::int64_t width) {
      const Partition partition(x, width);
      for (std::int64_t i = 0; i < width; ++i) {
        y[i] = static_cast<T>(std::exp(x[i] - partition.largest) / partition.sum);
      }
    });
  }
};

struct SoftmaxGradient {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    for_rows<T>(context, [](const T* d, const T* y, T* result, std::int64_t width) {
      double dot = 0;
      for (std::int64_t i = 0; i < width; ++i) dot += static_cast<double>(d[i]) * y[i];
      for (std::int64_t i = 0; i < width; ++i) result[i] = static_cast<T>(y[i] * (d[i] - dot));
    });
  }
};

struct LogSoftmax {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    for_rows<T>(context, [](const T* x, const T*, T* y, std::int64_t width) {
      const Partition partition(x, width);
      const double log_sum = std::log(partition.sum);
      for (std::int64_t i = 0; i < width; ++i) y[i] = static_cast<T>(x[i] - partition.largest - log_sum);
    });
  }
};

struct LogSoftmaxBackward {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    for_rows<T>(context, [](const T* dy, const T* y, T* dx, std::int64_t width) {
      double sum = 0;
      for (std::int64_t i = 0; i < width; ++i) sum += dy[i];
      for (std::int64_t i = 0; i < width; ++i) {
        dx[i] = static_cast<T>(dy[i] - std::exp(static_cast<double>(y[i])) * sum);
      }
    });
  }
};

struct LogSoftmaxTangent {
  using Attributes = NoAttributes;

  template <typename T>
  static void run(const Attributes&, const RunContext& context) {
    for_rows<T>(context, [](const T* t, const T* y, T* ty, std::int64_t width) {
      double dot = 0;
      for (std::int64_t i = 0; i < width; ++i) dot += t[i] * std::exp(static_cast<double>(y[i]));
      for (std::int64_t i = 0; i < width; ++i) ty[i] = static_cast<T>(t[i] - dot);
    });
  }
};

}  // namespace

void add_softmax(ImplementationTable& table) {
  table.add(ops::kSoftmax, implementation<Softmax>());
  table.add(ops::kSoftmaxGradient, implementation<SoftmaxGradient>());
  table.add(ops::kLogSoftmax, implementation<LogSoftmax>());
  table.add(ops::kLogSoftmaxBackward, implementation<LogSoftmaxBackward>());
  table.add(ops::kLogSoftmaxTangent, implementation<LogSoftmaxTangent>());
}

}  // namespace genocuda::reference
