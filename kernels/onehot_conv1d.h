// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/dna.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// Convolution over one-hot DNA that never exists:
/// y[b, p, f] = Σ_k filters[k, base of example b at p · stride − pad_left + k · dilation, f], where N is no base or,
/// with `quarters`, a quarter of each. y [batch, positions, filters] and filters [width, 4, filters] are of one
/// storage.
namespace genocuda::kernels {

struct OnehotConv1d {
  std::int64_t batch, positions, filters;
  std::int64_t width, stride, dilation, pad_left;
  bool quarters;
};

/// In float, every shape.
void onehot_conv1d(const OnehotConv1d& conv, const DnaSource& dna, Storage storage, const void* filters, void* y,
                   Stream stream);

/// How filters enter the tensor cores: rounded to bf16, or as two fp16 numbers that hold them to 2^-22, for the
/// accuracy of float. Filters stored in bf16 are taken as they are in either.
enum class FilterForm : std::uint8_t { bf16, split };

/// Whether the tensor cores take a convolution: stride and dilation 1, width up to 64, N as zeros.
bool onehot_mma_takes(const OnehotConv1d& conv);

/// Bytes of scratch, aligned to 16, for the filters as the tensor cores want them.
std::size_t onehot_mma_scratch(const OnehotConv1d& conv, FilterForm form);

/// On the tensor cores. Filters may hold any numbers: those of a filter that has an infinity or a NaN are added up as
/// onehot_conv1d does it.
void onehot_conv1d_mma(const OnehotConv1d& conv, const DnaSource& dna, FilterForm form, Storage storage,
                       const void* filters, void* y, void* scratch, Stream stream);

}  // namespace genocuda::kernels
