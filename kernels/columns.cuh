// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reductions down the columns of [outer, rows, columns], whatever is reduced: the frame that sums, the statistics of
/// batch norm and norms of weights share.

#include "kernels/divisor.cuh"
#include "kernels/grid.cuh"

namespace genocuda::kernels {

constexpr int kColumnThreads = 256;
/// Rows that a thread loads before it uses any: as many loads of 16 bytes are under way.
constexpr int kColumnRun = 8;

/// How the work is dealt out, from the shape alone. A block reduces one chunk of the rows of one tile of columns:
/// `width` threads lie side by side (each with `per_thread` neighbouring columns), the others below them.
class ColumnCut {
 public:
  /// Into about `blocks` blocks if there are rows enough: what keeps the memory of a large GPU busy, or 1 for no
  /// chunks.
  ColumnCut(std::int64_t outer_extent, std::int64_t row_count, std::int64_t column_count, int per_thread,
            std::int64_t blocks = 512)
      : outer(outer_extent), rows(row_count), columns(column_count) {
    while (log2_width < 5 && per_thread << log2_width < columns) ++log2_width;
    // Narrower tiles, of whole cache lines still, where they leave fewer threads without columns.
    const auto threads_across = [&](int log2) { return ceil_div(columns, per_thread << log2) << log2; };
    for (int log2 = log2_width - 1; log2 >= 0 && per_thread << log2 >= 32; --log2) {
      if (threads_across(log2) < threads_across(log2_width)) log2_width = log2;
    }
    tiles = ceil_div(columns, per_thread << log2_width);
    const std::int64_t step = depth() * kColumnRun, steps = ceil_div(rows, step);
    const std::int64_t others = outer * tiles > 0 ? outer * tiles : 1;
    std::int64_t wanted = ceil_div(blocks, others);
    if (wanted > steps) wanted = steps;
    chunk_rows = wanted > 0 ? ceil_div(steps, wanted) * step : step;
    chunks = rows > 0 ? ceil_div(rows, chunk_rows) : 1;
    by_tiles = Divisor(tiles);
    by_chunks = Divisor(chunks);
  }

  std::int64_t outer, rows, columns;
  std::int64_t tiles = 0, chunks = 0, chunk_rows = 0;
  Divisor by_tiles{1}, by_chunks{1};
  int log2_width = 0;

  __host__ __device__ int width() const { return 1 << log2_width; }
  __host__ __device__ int depth() const { return kColumnThreads >> log2_width; }
  __host__ __device__ std::int64_t block_count() const { return outer * tiles * chunks; }
  unsigned grid() const { return blocks_for(block_count(), 1, 1 << 20); }
};

/// How many of the rows 0 … count − 1 leave `remainder` when divided by 2^log2_divisor.
__host__ __device__ constexpr std::int64_t rows_congruent(std::int64_t count, int remainder, int log2_divisor) {
  return count > remainder ? ((count - remainder - 1) >> log2_divisor) + 1 : 0;
}

/// The body of a kernel of kColumnThreads threads and cut.grid() blocks. `Task` has
///   kColumns            columns a thread; where it is above 1, a divisor of the number of columns
///   State               of one column; `static State start()` is that of no rows
///   add(state[kColumns], outer, row, step, count, column)   or with a last argument more: seen
///                       takes in rows row, row + step, … (`count` of them, at most kColumnRun) of columns `column` on;
///                       the states already hold `seen` rows
///   merge(a, rows of a, b, rows of b)   the state of both; either may have no rows
///   write(outer, chunk, column, state, rows)
/// Thread r of a column takes every depth-th row from the r-th on, so neighbouring warps read neighbouring rows; the
/// threads' states are merged as a binary tree. Shared memory: 256 · kColumns states.
template <typename Task>
__device__ void reduce_columns(const ColumnCut& cut, const Task& task) {
  using State = typename Task::State;
  KERNEL_SHARED(State, states, [Task::kColumns][kColumnThreads]);
  const int log2_depth = 8 - cut.log2_width, depth = cut.depth();
  const int thread = static_cast<int>(threadIdx.x), lane = thread % cut.width(), r = thread >> cut.log2_width;
  for (std::int64_t block = blockIdx.x; block < cut.block_count(); block += gridDim.x) {
    const auto [chunk_of_outer, tile] = cut.by_tiles.divide(block);
    const Divisor::Result place = cut.by_chunks.divide(chunk_of_outer);
    const std::int64_t outer = place.quotient, chunk = place.remainder;
    const std::int64_t column = (tile * cut.width() + lane) * Task::kColumns, begin = chunk * cut.chunk_rows;
    const std::int64_t left = cut.rows - begin, rows = left < cut.chunk_rows ? left : cut.chunk_rows;
    State state[Task::kColumns];
#pragma unroll
    for (int v = 0; v < Task::kColumns; ++v) state[v] = Task::start();
    if (column < cut.columns) {
      for (std::int64_t row = r; row < rows; row += depth * kColumnRun) {
        const std::int64_t below = rows_congruent(rows - row, 0, log2_depth);
        const int count = below < kColumnRun ? static_cast<int>(below) : kColumnRun;
        if constexpr (requires { task.add(state, outer, row, depth, count, column, row); }) {
          task.add(state, outer, begin + row, depth, count, column, (row - r) >> log2_depth);
        } else {
          task.add(state, outer, begin + row, depth, count, column);
        }
      }
    }
#pragma unroll
    for (int v = 0; v < Task::kColumns; ++v) states[v][thread] = state[v];
    __syncthreads();
    for (int log2_half = log2_depth - 1; log2_half >= 0; --log2_half) {
      const int half = 1 << log2_half;
      if (r < half) {
        const std::int64_t upper = rows_congruent(rows, r, log2_half + 1);
        const std::int64_t lower = rows_congruent(rows, r + half, log2_half + 1);
#pragma unroll
        for (int v = 0; v < Task::kColumns; ++v) {
          states[v][thread] =
              Task::merge(states[v][thread], upper, states[v][thread + (half << cut.log2_width)], lower);
        }
      }
      __syncthreads();
    }
    if (r == 0 && column < cut.columns) {
#pragma unroll
      for (int v = 0; v < Task::kColumns; ++v) task.write(outer, chunk, column + v, states[v][thread], rows);
    }
  }
}

/// The second pass of sums whose chunks left partial sums [chunks, columns]: a task of reduce_columns, for a cut of one
/// chunk. `Finish` has write(column, sum).
template <typename Sum, typename Finish>
struct SumOfChunks {
  static constexpr int kColumns = 1;
  using State = Sum;

  const Sum* partials;
  std::int64_t columns;
  Finish finish;

  __device__ static State start() { return {}; }
  __device__ void add(State (&state)[1], std::int64_t, std::int64_t chunk, int step, int count,
                      std::int64_t column) const {
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      const Sum sum = partials[(chunk + (j < count ? j * step : 0)) * columns + column];
      if (j < count) state[0] = state[0] + sum;
    }
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return a + b; }
  __device__ void write(std::int64_t, std::int64_t, std::int64_t column, State sum, std::int64_t) const {
    finish.write(column, sum);
  }
};

/// Rows that a thread of for_each_row has under way.
constexpr int kRowsAhead = 4;

/// The body of kernels of kColumnThreads threads and cut.grid() blocks where rows lead to rows: for each run of
/// neighbouring columns that a thread owns calls prepare(column), then f(index, step, count) for elements index, index
/// + step, … (`count` of them, at most kRowsAhead), the first of those columns in rows of a chunk. cut.outer is 1.
template <int kColumns, typename Prepare, typename F>
__device__ __forceinline__ void for_each_row(const ColumnCut& cut, Prepare prepare, F f) {
  const int thread = static_cast<int>(threadIdx.x), lane = thread % cut.width(), r = thread >> cut.log2_width;
  for (std::int64_t block = blockIdx.x; block < cut.block_count(); block += gridDim.x) {
    const auto [chunk, tile] = cut.by_tiles.divide(block);
    const std::int64_t column = (tile * cut.width() + lane) * kColumns, begin = chunk * cut.chunk_rows;
    if (column >= cut.columns) continue;
    const std::int64_t end = begin + cut.chunk_rows < cut.rows ? begin + cut.chunk_rows : cut.rows;
    prepare(column);
    for (std::int64_t row = begin + r; row < end; row += kRowsAhead * cut.depth()) {
      const std::int64_t below = rows_congruent(end - row, 0, 8 - cut.log2_width);
      f(row * cut.columns + column, cut.depth() * cut.columns,
        below < kRowsAhead ? static_cast<int>(below) : kRowsAhead);
    }
  }
}

}  // namespace genocuda::kernels
