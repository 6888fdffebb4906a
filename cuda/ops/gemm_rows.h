// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ops/sliding_window.h"
#include "cuda/ops/rows.h"
#include "kernels/conv1d.h"

/// The rows of operators that are matrix products at heart.
namespace genocuda::cuda {

/// Whether a problem may be computed in that arithmetic: fp32 always, the others where its precision asks for them, and
/// bf16 also where all operands are stored in it and so lose nothing.
inline bool allows(const Problem& problem, kernels::Arithmetic arithmetic) {
  if (!has_one_storage(problem)) return false;
  const bool stored_in_bf16 = problem.outputs[0].dtype == DType::bf16;
  switch (arithmetic) {
    case kernels::Arithmetic::fp32:
      return true;
    case kernels::Arithmetic::tf32:
      return problem.precision == Precision::tf32 && !stored_in_bf16;
    case kernels::Arithmetic::bf16:
      return problem.precision == Precision::bf16 || stored_in_bf16;
  }
  return false;
}

/// The shape of a convolution from x to y.
inline kernels::Conv1d convolution(const SlidingWindow& window, const Shape& x, const Shape& y) {
  return {x[0], x[1], x[2], y[1], y[2], window.width, window.stride, window.dilation, window.pad_left};
}

/// Adds "mma" in its two precisions, then "direct". `Launcher<arithmetic>` is a launcher as row() takes it.
template <template <kernels::Arithmetic> typename Launcher>
void add_gemm_rows(ImplementationTable& table, const Operator& op) {
  table.add(op, row<Launcher<kernels::Arithmetic::bf16>>("mma"));
  table.add(op, row<Launcher<kernels::Arithmetic::tf32>>("mma"));
  table.add(op, row<Launcher<kernels::Arithmetic::fp32>>("direct"));
}

}  // namespace genocuda::cuda
