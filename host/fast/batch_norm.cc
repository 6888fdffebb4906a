// SPDX-License-Identifier: Apache-2.0
#include "core/ops/batch_norm.h"

#include <cmath>

#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

RowChunks chunks_of(const Shape& x) { return {x.product(0, x.rank() - 1), x[-1]}; }

/// Scratch: two sums of each column for each chunk, then `vectors` rows of numbers of each column.
struct Scratch {
  float *first, *second, *columns;

  Scratch(const RowChunks& chunks, void* memory)
      : first(static_cast<float*>(memory)),
        second(first + chunks.count() * chunks.columns),
        columns(second + chunks.count() * chunks.columns) {}
  static std::size_t bytes(const RowChunks& chunks, int vectors) {
    return static_cast<std::size_t>((2 * chunks.count() + vectors) * chunks.columns) * sizeof(float);
  }
};

/// Calls work(column) for all of them.
template <typename Work>
void parallel_columns(const RowChunks& chunks, const Work& work) {
  parallel_ranges(chunks.columns, ceil_divide(kGrain, chunks.count()), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t column = begin; column < end; ++column) work(column);
  });
}

Prepared prepare_batch_norm(const Problem& problem) {
  const RowChunks chunks = chunks_of(problem.inputs[0].shape);
  const double epsilon = problem.attribute<ops::BatchNormAttributes>().epsilon;
  return {[chunks, epsilon](const RunContext& context) {
            const float *x = context.inputs[0].as<float>(), *gamma = context.inputs[1].as<float>(),
                        *beta = context.inputs[2].as<float>();
            float *y = context.outputs[0].as<float>(), *mean = context.outputs[1].as<float>(),
                  *variance = context.outputs[2].as<float>();
            const Scratch scratch(chunks, context.scratch);
            float* const shift = scratch.columns;
            float *const factor = shift + chunks.columns, *const offset = factor + chunks.columns;
            // Any row will do; a copy, because y may lie over x.
            std::copy_n(x, chunks.columns, shift);
            chunks.parallel([&](std::int64_t chunk) {
              kernels().moments(x + chunks.offset(chunk), shift, chunks.rows_of(chunk), chunks.columns,
                                scratch.first + chunk * chunks.columns, scratch.second + chunk * chunks.columns);
            });
            // Moments of the parts make those of the whole without cancellation (Chan, Golub, LeVeque 1979).
            const double n = static_cast<double>(chunks.rows);
            parallel_columns(chunks, [&](std::int64_t c) {
              double total = 0, squares = 0;
              for (std::int64_t i = 0; i < chunks.count(); ++i) {
                total += static_cast<double>(chunks.rows_of(i)) * scratch.first[i * chunks.columns + c];
              }
              const double centre = total / n;
              for (std::int64_t i = 0; i < chunks.count(); ++i) {
                const double away = scratch.first[i * chunks.columns + c] - centre;
                squares +=
                    scratch.second[i * chunks.columns + c] + static_cast<double>(chunks.rows_of(i)) * away * away;
              }
              const double scale = gamma[c] / std::sqrt(squares / n + epsilon);
              mean[c] = static_cast<float>(shift[c] + centre);
              variance[c] = static_cast<float>(squares / n);
              factor[c] = static_cast<float>(scale);
              // What rounding took off the mean is made up for here.
              offset[c] = static_cast<float>(beta[c] + scale * (mean[c] - (shift[c] + centre)));
            });
            chunks.parallel([&](std::int64_t chunk) {
              const std::int64_t at = chunks.offset(chunk);
              kernels().normalise(x + at, mean, factor, offset, y + at, chunks.rows_of(chunk), chunks.columns);
            });
          },
          Scratch::bytes(chunks, 3)};
}

Prepared prepare_inference(const Problem& problem) {
  const RowChunks chunks = chunks_of(problem.inputs[0].shape);
  const double epsilon = problem.attribute<ops::BatchNormAttributes>().epsilon;
  return {[chunks, epsilon](const RunContext& context) {
            const float *x = context.inputs[0].as<float>(), *gamma = context.inputs[1].as<float>(),
                        *beta = context.inputs[2].as<float>(), *mean = context.inputs[3].as<float>(),
                        *variance = context.inputs[4].as<float>();
            float* y = context.outputs[0].as<float>();
            float* const factor = static_cast<float*>(context.scratch);
            for (std::int64_t c = 0; c < chunks.columns; ++c) {
              factor[c] = static_cast<float>(gamma[c] / std::sqrt(variance[c] + epsilon));
            }
            chunks.parallel([&](std::int64_t chunk) {
              const std::int64_t at = chunks.offset(chunk);
              kernels().normalise(x + at, mean, factor, beta, y + at, chunks.rows_of(chunk), chunks.columns);
            });
          },
          static_cast<std::size_t>(chunks.columns) * sizeof(float)};
}

Prepared prepare_backward(const Problem& problem) {
  const RowChunks chunks = chunks_of(problem.inputs[1].shape);
  const auto attributes = problem.attribute<ops::BatchNormAttributes>();
  return {[chunks, attributes](const RunContext& context) {
            const float *dy = context.inputs[0].as<float>(), *x = context.inputs[1].as<float>(),
                        *gamma = context.inputs[2].as<float>(), *mean = context.inputs[3].as<float>(),
                        *variance = context.inputs[4].as<float>();
            float *dx = context.outputs[0].as<float>(), *dgamma = context.outputs[1].as<float>(),
                  *dbeta = context.outputs[2].as<float>();
            const Scratch scratch(chunks, context.scratch);
            float* const factor = scratch.columns;
            float *const constant = factor + chunks.columns, *const slope = constant + chunks.columns;
            chunks.parallel([&](std::int64_t chunk) {
              const std::int64_t at = chunks.offset(chunk);
              kernels().normalise_sums(dy + at, x + at, mean, chunks.rows_of(chunk), chunks.columns,
                                       scratch.first + chunk * chunks.columns, scratch.second + chunk * chunks.columns);
            });
            const double n = static_cast<double>(chunks.rows);
            parallel_columns(chunks, [&](std::int64_t c) {
              double sum = 0, product = 0;
              for (std::int64_t i = 0; i < chunks.count(); ++i) {
                sum += scratch.first[i * chunks.columns + c];
                product += scratch.second[i * chunks.columns + c];
              }
              const double inverse = 1 / std::sqrt(variance[c] + attributes.epsilon);
              dbeta[c] = static_cast<float>(sum);
              dgamma[c] = static_cast<float>(product * inverse);
              factor[c] = static_cast<float>(gamma[c] * inverse);
              constant[c] = attributes.training ? static_cast<float>(sum / n) : 0.0f;
              slope[c] = attributes.training ? static_cast<float>(product * inverse * inverse / n) : 0.0f;
            });
            chunks.parallel([&](std::int64_t chunk) {
              const std::int64_t at = chunks.offset(chunk);
              kernels().normalise_backward(dy + at, x + at, mean, factor, constant, slope, dx + at,
                                           chunks.rows_of(chunk), chunks.columns);
            });
          },
          Scratch::bytes(chunks, 3)};
}

}  // namespace

void add_batch_norm(ImplementationTable& table) {
  table.add(ops::kBatchNorm, {"vector", is_plain_float, prepare_batch_norm});
  table.add(ops::kBatchNormInference, {"vector", is_plain_float, prepare_inference});
  table.add(ops::kBatchNormBackward, {"vector", is_plain_float, prepare_backward});
}

}  // namespace genocuda::fast
