// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Elementwise arithmetic over n elements: core/ops/arithmetic.h and matmul.h say what it computes. y may be the first
/// operand.
namespace genocuda::kernels {

void add(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream);
void subtract(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream);
void multiply(std::int64_t n, Storage storage, const void* a, const void* b, void* y, Stream stream);
/// y = factor · x + offset.
void scale(std::int64_t n, Storage storage, float factor, float offset, const void* x, void* y, Stream stream);
/// x in another storage, rounded to nearest, ties to even.
void cast(std::int64_t n, Storage from, const void* x, Storage to, void* y, Stream stream);
/// y[i] = x[i] + bias[i mod channels]; n is a multiple of `channels`.
void add_bias(std::int64_t n, std::int64_t channels, Storage storage, const void* x, const void* bias, void* y,
              Stream stream);

}  // namespace genocuda::kernels
