// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include "kernels/gemm_output.cuh"

/// The parts of gemm(), one a file, since their kernels take long to compile.
namespace genocuda::kernels {

/// The columns of a tile where y has n: of those there are, the number that leaves the fewest unused, the larger if
/// equal.
int gemm_tile_columns(std::int64_t n, Arithmetic arithmetic);

/// For each storage and arithmetic: launches the tiles.
void gemm_direct_f32(const Gemm& gemm, const GemmPlan& plan, Stream stream);
void gemm_direct_bf16(const Gemm& gemm, const GemmPlan& plan, Stream stream);
void gemm_mma_f32_tf32(const Gemm& gemm, const GemmPlan& plan, Stream stream);
void gemm_mma_f32_bf16(const Gemm& gemm, const GemmPlan& plan, Stream stream);
void gemm_mma_bf16(const Gemm& gemm, const GemmPlan& plan, Stream stream);

/// y from the partial sums of all splits.
void gemm_finish(const Gemm& gemm, const GemmPlan& plan, Storage storage, Stream stream);

/// The activation as a ramp, and, where it is none, its pass over y.
Ramp ramp_of(const Epilogue& epilogue);
void activate_stored(const Gemm& gemm, Storage storage, Stream stream);

/// gemm() for at most 16 rows of matrices in the forward form.
inline constexpr std::int64_t kFewRows = 16;
std::size_t few_rows_scratch_bytes(std::int64_t m, std::int64_t n, std::int64_t k);
void few_rows(const Gemm& gemm, Storage storage, void* scratch, Stream stream);

/// Calls `f` with the form as a constant: an object whose `value` is it.
template <typename F>
void with_form(GemmForm form, F f) {
  switch (form) {
    case GemmForm::forward:
      return f(std::integral_constant<GemmForm, GemmForm::forward>{});
    case GemmForm::input_gradient:
      return f(std::integral_constant<GemmForm, GemmForm::input_gradient>{});
    case GemmForm::filter_gradient:
      return f(std::integral_constant<GemmForm, GemmForm::filter_gradient>{});
  }
}

}  // namespace genocuda::kernels
