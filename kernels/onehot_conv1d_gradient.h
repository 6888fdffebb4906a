// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/dna.h"
#include "kernels/onehot_conv1d.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// Gradients of a convolution over one-hot DNA with respect to its filters [width, 4, filters]: for every filter and
/// tap the sum of the output's gradient over the positions at which the tap looks at that base. Sums run in an order
/// that the shapes alone decide.
namespace genocuda::kernels {

/// Where the numbers of a gradient belong: window w covers the convolution's positions w · stride − pad_left + k,
/// 0 <= k < width. The windows of a dense gradient are its positions.
struct GradientWindows {
  std::int64_t count, width, stride, pad_left;
};
inline GradientWindows dense_windows(const OnehotConv1d& conv) { return {conv.positions, 1, 1, 0}; }

/// The gradient of the convolution's output, or of the winners of a pool behind it.
struct OutputGradient {
  Storage storage;
  const void* values;          ///< [batch, windows, filters]
  const std::uint8_t* argmax;  ///< [batch, windows, filters]: which k of its window; null: dense
  GradientWindows windows;
};

/// Single precision, any shape. dfilters has the gradient's storage. `scratch` is aligned to 16.
void onehot_filter_gradient(const OnehotConv1d& conv, const DnaSource& dna, const OutputGradient& gradient,
                            void* dfilters, void* scratch, Stream stream);
std::size_t onehot_filter_gradient_scratch(const OnehotConv1d& conv);

/// On the tensor cores, a number of the gradient as the sum of so many in bf16: one rounds it to 2^-9, two hold it to
/// 2^-17, three are all of a float. A filter one of whose numbers is not finite gets NaN for all bases of its taps.
void onehot_filter_gradient_mma(const OnehotConv1d& conv, const DnaSource& dna, const OutputGradient& gradient,
                                int parts, void* dfilters, void* scratch, Stream stream);
/// Whether they take it: dilation 1, N as zeros, and not too much stride for 16 windows in shared memory.
bool onehot_filter_gradient_mma_takes(const OnehotConv1d& conv, const GradientWindows& windows);
std::size_t onehot_filter_gradient_mma_scratch(const OnehotConv1d& conv, const GradientWindows& windows);

}  // namespace genocuda::kernels
