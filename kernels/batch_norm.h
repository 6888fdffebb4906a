// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Batch normalisation of x [rows, channels]: core/ops/batch_norm.h says what it computes. What there is one of a
/// channel (gamma, beta, mean, variance and their gradients) may be stored unlike x: in float beside x in bf16. Sums
/// run in an order that follows from the extents alone. y may take the place of x, dx that of dy.
namespace genocuda::kernels {

struct BatchNorm {
  std::int64_t rows, channels;
  double epsilon;
  Storage storage;          ///< of x, y, dy, dx
  Storage channel_storage;  ///< of the rest
};

/// Bytes of scratch for batch_norm and batch_norm_backward, aligned to 16.
std::size_t batch_norm_scratch(const BatchNorm& shape);

/// Statistics by merging means and squared deviations (Chan et al. 1979), so that a mean far from 0 costs no digits.
void batch_norm(const BatchNorm& shape, const void* x, const void* gamma, const void* beta, void* y, void* mean,
                void* variance, void* scratch, Stream stream);

void batch_norm_inference(const BatchNorm& shape, const void* x, const void* gamma, const void* beta, const void* mean,
                          const void* variance, void* y, Stream stream);

/// `training`: the statistics are those of x, and dx flows through them.
void batch_norm_backward(const BatchNorm& shape, bool training, const void* dy, const void* x, const void* gamma,
                         const void* mean, const void* variance, void* dx, void* dgamma, void* dbeta, void* scratch,
                         Stream stream);

}  // namespace genocuda::kernels
