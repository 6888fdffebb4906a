// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/activation.h"
#include "kernels/onehot_conv1d.h"

/// Convolution over one-hot DNA, bias, activation and max-pool in one piece: the convolution, several times as large as
/// all that goes in and comes out, stays in registers. core/ops/onehot_conv1d_pool.h says what it computes: y [batch,
/// windows, filters] and bias [filters] of the filters' storage, argmax u8 of y's shape.
namespace genocuda::kernels {

/// Window w of the pool covers the convolution's positions w · stride − pad_left + k, 0 <= k < width <= 256, that
/// exist; it holds one at least.
struct OnehotPool {
  std::int64_t windows, width, stride, pad_left;
  bool activated;  ///< false: y = bias + maximum
  Activation activation;
};

/// In float, every shape.
void onehot_conv1d_pool(const OnehotConv1d& conv, const OnehotPool& pool, const DnaSource& dna, Storage storage,
                        const void* filters, const void* bias, void* y, std::uint8_t* argmax, Stream stream);

/// Whether the tensor cores take it: the convolution as onehot_mma_takes says, pool strides up to 1024.
bool onehot_pool_mma_takes(const OnehotConv1d& conv, const OnehotPool& pool);

/// On the tensor cores, with onehot_mma_scratch(conv, form) bytes of scratch.
void onehot_conv1d_pool_mma(const OnehotConv1d& conv, const OnehotPool& pool, const DnaSource& dna, FilterForm form,
                            Storage storage, const void* filters, const void* bias, void* y, std::uint8_t* argmax,
                            void* scratch, Stream stream);

}  // namespace genocuda::kernels
