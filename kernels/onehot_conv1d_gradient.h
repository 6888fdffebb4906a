// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/dna.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// Gradients of a convolution over one-hot DNA with respect to its filters [width, 4, filters]: for every filter and
/// tap the sum of the output's gradient over the positions at which the tap looks at that base. Sums run in an order
/// that the shapes alone decide.
namespace genocuda::kernels {

/// Output position o looks at the bases o · stride − pad_left + k · dilation, 0 <= k < width.
struct OnehotConvolution {
  std::int64_t batch, out_length, filters;
  std::int64_t width, stride, dilation, pad_left;
  bool quarters;  ///< an N counts as 0.25 of each base, else as none
};

/// The gradient of the convolution's output: dense, of every position, or pooled, of the winners of a pool's windows.
struct OutputGradient {
  Storage storage;
  const void* values;          ///< [batch, out_length, filters], pooled: [batch, windows, filters]
  const std::uint8_t* argmax;  ///< null: dense; else [batch, windows, filters]: position w · stride − pad_left + argmax
  std::int64_t windows, pool_stride, pool_width, pool_pad_left;  ///< of the pool
};

inline OutputGradient dense_gradient(Storage storage, const void* dy) { return {storage, dy, nullptr, 0, 1, 1, 0}; }

/// Single precision throughout, any shape. dfilters has the gradient's storage. `scratch` is aligned to 16.
void onehot_conv1d_filter_gradient(const DnaSource& dna, const OnehotConvolution& n, const OutputGradient& gradient,
                                   void* dfilters, void* scratch, Stream stream);
std::size_t onehot_conv1d_filter_gradient_scratch(const OnehotConvolution& n);

}  // namespace genocuda::kernels
