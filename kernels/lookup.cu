// SPDX-License-Identifier: Apache-2.0
#include "kernels/lookup.h"

#include "kernels/grid.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;

__device__ __forceinline__ float missing() { return __int_as_float(0x7fc00000); }
__device__ __forceinline__ float number(float value) { return value; }
__device__ __forceinline__ float number(std::uint8_t byte) {
  return byte == 255 ? missing() : static_cast<float>(byte);
}

/// A thread an element: neighbours read neighbours of one row of the table. Bound by memory, and for the labels of a
/// batch (256 x 164: 42 KB of bytes) by the launch.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    gather_rows_kernel(const T* __restrict__ table, const std::int64_t* __restrict__ rows, std::int64_t count,
                       std::int64_t columns, float* __restrict__ y) {
  for (std::int64_t i = grid_begin(); i < count * columns; i += grid_step()) {
    const std::int64_t b = i / columns, row = __ldg(rows + b);
    y[i] = row < 0 ? missing() : number(table[row * columns + (i - b * columns)]);
  }
}

/// A few numbers: the launch is what one waits for.
__global__ void __launch_bounds__(kThreads)
    write_row_kernel(float* __restrict__ table, std::int64_t n, std::int64_t columns,
                     const std::int32_t* __restrict__ step, const float* __restrict__ row) {
  const std::int64_t place = (__ldg(step) - 1) % n;
  for (std::int64_t i = grid_begin(); i < columns; i += grid_step()) table[place * columns + i] = row[i];
}

template <typename T>
void gather(const T* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns, float* y,
            Stream stream) {
  if (count * columns == 0) return;
  launch(gather_rows_kernel<T>, blocks_for(count * columns, kThreads), kThreads, 0, stream, table, rows, count, columns,
         y);
}

}  // namespace

void gather_rows(const float* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns, float* y,
                 Stream stream) {
  gather(table, rows, count, columns, y, stream);
}

void gather_rows(const std::uint8_t* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns,
                 float* y, Stream stream) {
  gather(table, rows, count, columns, y, stream);
}

void write_row(float* table, std::int64_t n, std::int64_t columns, const std::int32_t* step, const float* row,
               Stream stream) {
  if (columns == 0) return;
  launch(write_row_kernel, blocks_for(columns, kThreads), kThreads, 0, stream, table, n, columns, step, row);
}

}  // namespace genocuda::kernels
