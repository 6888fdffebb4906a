// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Softmax and its derivatives over each row of [rows, width]: core/ops/softmax.h says what they compute. The result
/// may lie where the first operand does.
namespace genocuda::kernels {

void softmax(std::int64_t rows, std::int64_t width, Storage storage, const void* x, void* y, Stream stream);
void log_softmax(std::int64_t rows, std::int64_t width, Storage storage, const void* x, void* y, Stream stream);

/// result = y · (d − Σ d·y), y being the softmax.
void softmax_gradient(std::int64_t rows, std::int64_t width, Storage storage, const void* d, const void* y,
                      void* result, Stream stream);
/// dx = dy − e^y Σ dy, y being the log softmax.
void log_softmax_backward(std::int64_t rows, std::int64_t width, Storage storage, const void* dy, const void* y,
                          void* dx, Stream stream);
/// ty = t − Σ t·e^y, y being the log softmax.
void log_softmax_tangent(std::int64_t rows, std::int64_t width, Storage storage, const void* t, const void* y, void* ty,
                         Stream stream);

}  // namespace genocuda::kernels
