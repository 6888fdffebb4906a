// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Launches gemm_mma_kernel, for the files that compile it.

#include <algorithm>

#include "kernels/gemm_launch.cuh"
#include "kernels/gemm_mma_tile.cuh"

namespace genocuda::kernels {

/// Lines of the window that a tile of `rows` rows looks at, at most: every sequence that begins in the tile brings the
/// margin of its padding, and the last row all its taps. 0 where there is no window to share.
inline std::int64_t window_lines(const Gemm& gemm, int rows) {
  const SharedWindow& window = gemm.window;
  if (window.taps == 0) return 0;
  const std::int64_t per_group = gemm.a.lines_per_group.value(), groups = ceil_div(gemm.m, per_group);
  const std::int64_t margin = window.stream.lines_per_group.value() - per_group;
  const std::int64_t begun = std::min(groups - 1, ceil_div(rows - 1, per_group));
  return std::min(std::int64_t{rows}, gemm.m) + begun * margin + std::int64_t{window.taps - 1} * window.shift;
}

template <typename T, Arithmetic kArithmetic, int kTilesAcross>
void gemm_mma(Gemm gemm, const GemmPlan& plan, Stream stream) {
  using Tile = MmaTile<T, kArithmetic, kTilesAcross>;
  const dim3 grid(static_cast<unsigned>(ceil_div(gemm.m, Tile::kRows) * ceil_div(gemm.n, Tile::kN)), 1,
                  static_cast<unsigned>(plan.splits));
  // Twice the lines of a tile still leave room for two blocks a multiprocessor.
  if (window_lines(gemm, Tile::kRows) > 2 * Tile::kRows) gemm.window = {};
  const int lines = gemm.window.taps == 0 ? Tile::kRows : static_cast<int>(window_lines(gemm, Tile::kRows));
  with_form(gemm.form, [&](auto form) {
    constexpr GemmForm kForm = decltype(form)::value;
    const int elements = Tile::template size<kForm == GemmForm::filter_gradient>(lines) +
                         Tile::template size<kForm != GemmForm::input_gradient>(Tile::kN);
    launch(gemm_mma_kernel<T, kArithmetic, kForm, kTilesAcross>, grid, Tile::kThreads,
           Tile::kStages * elements * sizeof(T), stream, gemm, plan, lines);
  });
}

template <typename T, Arithmetic kArithmetic>
void gemm_mma(const Gemm& gemm, const GemmPlan& plan, Stream stream) {
  switch (gemm_tile_columns(gemm.n, kArithmetic)) {
    case 16:
      return gemm_mma<T, kArithmetic, 2>(gemm, plan, stream);
    case 64:
      return gemm_mma<T, kArithmetic, 8>(gemm, plan, stream);
    default:
      return gemm_mma<T, kArithmetic, 13>(gemm, plan, stream);
  }
}

}  // namespace genocuda::kernels
