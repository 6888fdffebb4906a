// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Functions of one value and their derivatives over n elements: core/ops/activation.h says what they compute.
namespace genocuda::kernels {

enum class ActivationKind : std::uint8_t {
  sigmoid,
  tanh,
  relu,
  thresholded_relu,
  leaky_relu,
  softplus,
  elu,
  gelu,
  exp,
  log1p,
};

/// A kind and its number, which only thresholded_relu, leaky_relu and elu use.
struct Activation {
  ActivationKind kind;
  float alpha;
};

/// y = f(x); y may be x.
void activation(std::int64_t n, Storage storage, Activation f, const void* x, void* y, Stream stream);

/// result = d · f′; it may be d. `saved` is f(x) where `from_output`, else x: gelu needs x, and so do kinds with an
/// alpha below 0; the others take y, and those with an alpha either.
void activation_gradient(std::int64_t n, Storage storage, Activation f, const void* d, const void* saved,
                         bool from_output, void* result, Stream stream);

/// y = x where x > 0, else slope[c] · x, over x [rows, channels]; y may be x.
void prelu(std::int64_t rows, std::int64_t channels, Storage storage, const void* x, const void* slope, void* y,
           Stream stream);

/// dx = dy · (1 or slope[c]); dslope[c] = Σ dy · x where x is not above 0, in double and in an order that the shape
/// alone decides. dx may be dy.
void prelu_backward(std::int64_t rows, std::int64_t channels, Storage storage, const void* dy, const void* x,
                    const void* slope, void* dx, void* dslope, void* scratch, Stream stream);
/// Bytes of scratch for that, aligned to 8.
std::size_t prelu_backward_scratch(std::int64_t rows, std::int64_t channels);

}  // namespace genocuda::kernels
