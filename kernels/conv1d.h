// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/gemm.h"

/// Convolution along the sequence and its gradients (core/ops/conv1d.h), all as implicit GEMM: x [batch, length, in],
/// filters [width, in, out], y [batch, out_length, out], where window o looks at positions o · stride − pad_left + k ·
/// dilation. Lengths and spans of windows are below 2^30.
namespace genocuda::kernels {

struct Conv1d {
  std::int64_t batch, length, in, out_length, out;
  std::int64_t width, stride, dilation, pad_left;
};

/// Scratch in bytes of the launcher of the same name.
std::size_t conv1d_scratch_bytes(const Conv1d& shape, Arithmetic arithmetic);
std::size_t conv1d_backward_input_scratch_bytes(const Conv1d& shape, Arithmetic arithmetic);
std::size_t conv1d_backward_filters_scratch_bytes(const Conv1d& shape, Arithmetic arithmetic);

void conv1d(const Conv1d& shape, Arithmetic arithmetic, Storage storage, const void* x, const void* filters, void* y,
            const Epilogue& epilogue, void* scratch, Stream stream);
/// One launch for each residue of positions modulo the stride: those of a residue are hit by the same taps.
void conv1d_backward_input(const Conv1d& shape, Arithmetic arithmetic, Storage storage, const void* dy,
                           const void* filters, void* dx, void* scratch, Stream stream);
void conv1d_backward_filters(const Conv1d& shape, Arithmetic arithmetic, Storage storage, const void* x, const void* dy,
                             void* dfilters, void* scratch, Stream stream);

}  // namespace genocuda::kernels
