// SPDX-License-Identifier: Apache-2.0
#include "kernels/transpose.h"

#include "kernels/grid.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kTile = 32, kDepth = 8;

/// A square tile a block, turned over in shared memory, so that rows of both matrices are read and written in runs of
/// a warp. The column of padding spreads a column of the tile over all banks. Bound by memory.
template <typename T>
__global__ void __launch_bounds__(kTile* kDepth)
    transpose_kernel(std::int64_t rows, std::int64_t columns, const T* __restrict__ from, T* __restrict__ to) {
  KERNEL_SHARED(T, tile, [kTile][kTile + 1]);
  const std::int64_t tiles_across = (columns + kTile - 1) / kTile;
  const std::int64_t first_row = blockIdx.x / tiles_across * kTile, first_column = blockIdx.x % tiles_across * kTile;
  const int lane = static_cast<int>(threadIdx.x) % kTile, line = static_cast<int>(threadIdx.x) / kTile;
  for (int i = line; i < kTile; i += kDepth) {
    const std::int64_t row = first_row + i, column = first_column + lane;
    if (row < rows && column < columns) tile[i][lane] = from[row * columns + column];
  }
  __syncthreads();
  for (int i = line; i < kTile; i += kDepth) {
    const std::int64_t row = first_row + lane, column = first_column + i;
    if (row < rows && column < columns) to[column * rows + row] = tile[lane][i];
  }
}

}  // namespace

void transpose(std::int64_t rows, std::int64_t columns, Storage storage, const void* from, void* to, Stream stream) {
  if (rows == 0 || columns == 0) return;
  const auto turn = [&](auto element) {
    using T = decltype(element);
    launch(transpose_kernel<T>, static_cast<unsigned>(ceil_div(rows, kTile) * ceil_div(columns, kTile)), kTile * kDepth,
           0, stream, rows, columns, static_cast<const T*>(from), static_cast<T*>(to));
  };
  if (storage == Storage::bf16) {
    turn(std::uint16_t{});
  } else {
    turn(std::uint32_t{});
  }
}

}  // namespace genocuda::kernels
