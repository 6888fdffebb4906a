// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Launches gemm_tile_kernel, for the files that compile it.

#include "kernels/gemm_launch.cuh"
#include "kernels/gemm_tile.cuh"

namespace genocuda::kernels {

template <typename T, int kColumns>
void gemm_direct(const Gemm& gemm, const GemmPlan& plan, Stream stream) {
  using Tile = DirectTile<kColumns>;
  const dim3 grid(static_cast<unsigned>(ceil_div(gemm.m, Tile::kRows) * ceil_div(gemm.n, Tile::kN)), 1,
                  static_cast<unsigned>(plan.splits));
  with_form(gemm.form, [&](auto form) {
    launch(gemm_tile_kernel<T, decltype(form)::value, kColumns>, grid, Tile::kThreads, 0, stream, gemm, plan);
  });
}

template <typename T>
void gemm_direct(const Gemm& gemm, const GemmPlan& plan, Stream stream) {
  switch (gemm_tile_columns(gemm.n, Arithmetic::fp32)) {
    case DirectTile<1>::kN:
      return gemm_direct<T, 1>(gemm, plan, stream);
    case DirectTile<4>::kN:
      return gemm_direct<T, 4>(gemm, plan, stream);
    default:
      return gemm_direct<T, 7>(gemm, plan, stream);
  }
}

}  // namespace genocuda::kernels
