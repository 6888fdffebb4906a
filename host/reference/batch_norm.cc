// SPDX-License-Identifier: Apache-2.0
#include "core/ops/batch_norm.h"

#include <cmath>

#include "host/reference/column_tiles.h"
#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// x as [rows, channels].
struct Extents {
  explicit Extents(const Shape& x) : rows(x.product(0, x.rank() - 1)), channels(x[-1]) {}
  std::int64_t rows, channels;
};

struct BatchNorm {
  using Attributes = ops::BatchNormAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents extents(context.inputs[0].shape());
    const T* x = context.inputs[0].as<const T>();
    const T* gamma = context.inputs[1].as<const T>();
    const T* beta = context.inputs[2].as<const T>();
    T* y = context.outputs[0].as<T>();
    const double n = static_cast<double>(extents.rows);

    for_column_tiles(extents.channels, [&](std::int64_t first, std::int64_t count) {
      // Two passes: squares of differences from the mean do not cancel as E[x²] − E[x]² does.
      TileSums mean{}, variance{}, inverse{};
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) mean[c] += x[row * extents.channels + first + c];
      }
      for (std::int64_t c = 0; c < count; ++c) mean[c] /= n;
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) {
          const double difference = x[row * extents.channels + first + c] - mean[c];
          variance[c] += difference * difference;
        }
      }
      for (std::int64_t c = 0; c < count; ++c) {
        variance[c] /= n;
        inverse[c] = 1 / std::sqrt(variance[c] + attributes.epsilon);
        context.outputs[1].as<T>()[first + c] = static_cast<T>(mean[c]);
        context.outputs[2].as<T>()[first + c] = static_cast<T>(variance[c]);
      }
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) {
          const std::int64_t i = row * extents.channels + first + c;
          y[i] = static_cast<T>(gamma[first + c] * (x[i] - mean[c]) * inverse[c] + beta[first + c]);
        }
      }
    });
  }
};

struct BatchNormInference {
  using Attributes = ops::BatchNormAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents extents(context.inputs[0].shape());
    const T* x = context.inputs[0].as<const T>();
    const T* gamma = context.inputs[1].as<const T>();
    const T* beta = context.inputs[2].as<const T>();
    const T* mean = context.inputs[3].as<const T>();
    const T* variance = context.inputs[4].as<const T>();
    T* y = context.outputs[0].as<T>();

    for_column_tiles(extents.channels, [&](std::int64_t first, std::int64_t count) {
      TileSums inverse{};
      for (std::int64_t c = 0; c < count; ++c) inverse[c] = 1 / std::sqrt(variance[first + c] + attributes.epsilon);
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) {
          const std::int64_t i = row * extents.channels + first + c;
          const double difference = static_cast<double>(x[i]) - mean[first + c];
          y[i] = static_cast<T>(gamma[first + c] * difference * inverse[c] + beta[first + c]);
        }
      }
    });
  }
};

struct BatchNormBackward {
  using Attributes = ops::BatchNormAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents extents(context.inputs[1].shape());
    const T* dy = context.inputs[0].as<const T>();
    const T* x = context.inputs[1].as<const T>();
    const T* gamma = context.inputs[2].as<const T>();
    const T* mean = context.inputs[3].as<const T>();
    const T* variance = context.inputs[4].as<const T>();
    T* dx = context.outputs[0].as<T>();
    const double n = static_cast<double>(extents.rows);

    for_column_tiles(extents.channels, [&](std::int64_t first, std::int64_t count) {
      TileSums inverse{}, dgamma{}, dbeta{};
      for (std::int64_t c = 0; c < count; ++c) inverse[c] = 1 / std::sqrt(variance[first + c] + attributes.epsilon);
      const auto normalised = [&](std::int64_t i, std::int64_t c) {
        return (static_cast<double>(x[i]) - mean[first + c]) * inverse[c];
      };
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) {
          const std::int64_t i = row * extents.channels + first + c;
          dgamma[c] += dy[i] * normalised(i, c);
          dbeta[c] += dy[i];
        }
      }
      for (std::int64_t row = 0; row < extents.rows; ++row) {
        for (std::int64_t c = 0; c < count; ++c) {
          const std::int64_t i = row * extents.channels + first + c;
          const double through_statistics = attributes.training ? (dbeta[c] + normalised(i, c) * dgamma[c]) / n : 0;
          dx[i] = static_cast<T>(gamma[first + c] * inverse[c] * (dy[i] - through_statistics));
        }
      }
      for (std::int64_t c = 0; c < count; ++c) {
        context.outputs[1].as<T>()[first + c] = static_cast<T>(dgamma[c]);
        context.outputs[2].as<T>()[first + c] = static_cast<T>(dbeta[c]);
      }
    });
  }
};

}  // namespace

void add_batch_norm(ImplementationTable& table) {
  table.add(ops::kBatchNorm, implementation<BatchNorm>());
  table.add(ops::kBatchNormInference, implementation<BatchNormInference>());
  table.add(ops::kBatchNormBackward, implementation<BatchNormBackward>());
}

}  // namespace genocuda::reference
