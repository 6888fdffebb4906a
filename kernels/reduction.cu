// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduction.h"

#include <type_traits>

#include "kernels/columns.cuh"
#include "kernels/pack.cuh"
#include "kernels/reduce.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;
/// Packs that a thread loads before it adds any.
constexpr int kRun = 4;

__device__ __forceinline__ void put(float* y, double sum) { *y = static_cast<float>(sum); }
__device__ __forceinline__ void put(bf16* y, double sum) { *y = from_float<bf16>(static_cast<float>(sum)); }
__device__ __forceinline__ void put(double* y, double sum) { *y = sum; }

/// What the elements of a T are added up in before they meet the double: partial sums stay double.
template <typename T>
using Addend = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <typename T>
__device__ __forceinline__ Addend<T> addend(T value) {
  if constexpr (std::is_same_v<T, double>) {
    return value;
  } else {
    return to_float(value);
  }
}

/// Σ of packs first, first + step, … below `last` of a row of `length` elements; pack p is elements [p, p + 1) · size,
/// cut off at the row's end.
template <typename T>
__device__ double sum_packs(const T* __restrict__ row, std::int64_t length, std::int64_t first, std::int64_t step,
                            std::int64_t last, bool aligned) {
  constexpr int kSize = Pack<T>::kSize;
  double sum = 0;
  for (std::int64_t pack = first; pack < last; pack += kRun * step) {
    T raw[kRun][kSize];
#pragma unroll
    for (int j = 0; j < kRun; ++j) {
      const std::int64_t p = pack + j * step, left = p < last ? length - p * kSize : 0;
      if (left >= kSize) {
        load_run<kSize>(raw[j], row + p * kSize, aligned);
      } else {
#pragma unroll
        for (int i = 0; i < kSize; ++i) raw[j][i] = i < left ? row[p * kSize + i] : T{};
      }
    }
    Addend<T> sums[kRun];
#pragma unroll
    for (int j = 0; j < kRun; ++j) {
      Addend<T> values[kSize];
#pragma unroll
      for (int i = 0; i < kSize; ++i) values[i] = addend(raw[j][i]);
      sums[j] = tree_sum<kSize>(values);
    }
    sum += tree_sum<kRun>(sums);
  }
  return sum;
}

/// How rows are dealt out, from the shape alone: short ones to groups of lanes, long ones in chunks to blocks.
template <typename T>
struct RowCut {
  std::int64_t rows, length, packs;
  int lanes = 1;                             ///< that share a short row
  std::int64_t chunks = 1, chunk_packs = 0;  ///< of a long row; chunk_packs is 0 for short ones

  RowCut(std::int64_t r, std::int64_t n) : rows(r), length(n), packs(ceil_div(n, Pack<T>::kSize)) {
    constexpr std::int64_t kEnoughBlocks = 512, kStep = kThreads * kRun;
    while (lanes < 32 && lanes * kRun < packs) lanes *= 2;
    if (packs <= kStep / 4) return;
    const std::int64_t steps = ceil_div(packs, kStep);
    std::int64_t wanted = ceil_div(kEnoughBlocks, rows > 0 ? rows : 1);
    if (wanted > steps) wanted = steps;
    chunk_packs = ceil_div(steps, wanted) * kStep;
    chunks = ceil_div(packs, chunk_packs);
  }
};

/// y[r] = Σ x[r, ·] for rows of up to a few thousand bytes: `lanes` neighbouring lanes share a row, so that warps read
/// whole lines whether rows are short or long. Bound by memory.
template <typename T, typename Y>
__global__ void __launch_bounds__(kThreads)
    sum_short_rows_kernel(RowCut<T> cut, bool aligned, const T* __restrict__ x, Y* __restrict__ y) {
  const int lane = static_cast<int>(threadIdx.x) % cut.lanes, rows = kThreads / cut.lanes;
  for (std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * rows; first < cut.rows;
       first += static_cast<std::int64_t>(gridDim.x) * rows) {
    const std::int64_t row = first + threadIdx.x / cut.lanes;
    double sum = 0;
    if (row < cut.rows) sum = sum_packs(x + row * cut.length, cut.length, lane, cut.lanes, cut.packs, aligned);
    sum = group_sum(sum, cut.lanes);
    if (row < cut.rows && lane == 0) put(y + row, sum);
  }
}

/// y[r, chunk] = Σ of a chunk of x[r, ·]: a block a chunk, each thread 16 bytes of every 4 KB. Bound by memory.
template <typename T, typename Y>
__global__ void __launch_bounds__(kThreads)
    sum_row_chunks_kernel(RowCut<T> cut, Divisor by_chunks, bool aligned, const T* __restrict__ x, Y* __restrict__ y) {
  for (std::int64_t block = blockIdx.x; block < cut.rows * cut.chunks; block += gridDim.x) {
    const auto [row, chunk] = by_chunks.divide(block);
    const std::int64_t begin = chunk * cut.chunk_packs;
    const std::int64_t end = begin + cut.chunk_packs < cut.packs ? begin + cut.chunk_packs : cut.packs;
    const double sum =
        block_sum<kThreads>(sum_packs(x + row * cut.length, cut.length, begin + threadIdx.x, kThreads, end, aligned));
    if (threadIdx.x == 0) put(y + block, sum);
  }
}

template <typename T, typename Y>
void sum_short_rows(const RowCut<T>& cut, const T* x, Y* y, Stream stream) {
  const bool aligned = aligned16(x) && (cut.rows == 1 || cut.length % Pack<T>::kSize == 0);
  launch(sum_short_rows_kernel<T, Y>, blocks_for(cut.rows, kThreads / cut.lanes), kThreads, 0, stream, cut, aligned, x,
         y);
}

template <typename T, typename Y>
void sum_row_chunks(const RowCut<T>& cut, const T* x, Y* y, Stream stream) {
  const bool aligned = aligned16(x) && (cut.rows == 1 || cut.length % Pack<T>::kSize == 0);
  launch(sum_row_chunks_kernel<T, Y>, blocks_for(cut.rows * cut.chunks, 1, 1 << 20), kThreads, 0, stream, cut,
         Divisor(cut.chunks), aligned, x, y);
}

template <typename T, typename Y>
void sum_rows(const RowCut<T>& cut, const T* x, Y* y, double* partials, Stream stream) {
  if (cut.chunk_packs == 0) {
    sum_short_rows(cut, x, y, stream);
  } else if (cut.chunks == 1) {
    sum_row_chunks(cut, x, y, stream);
  } else {
    sum_row_chunks(cut, x, partials, stream);
    sum_short_rows(RowCut<double>(cut.rows, cut.chunks), partials, y, stream);
  }
}

/// Sums down columns, kColumns of them a thread (columns.cuh).
template <typename T, typename Y, int kColumnsOfThread>
struct SumColumns {
  static constexpr int kColumns = kColumnsOfThread;
  using State = double;

  const T* x;
  Y* y;
  std::int64_t rows, columns, chunks;
  bool aligned;

  __device__ static State start() { return 0; }
  __device__ void add(State (&state)[kColumns], std::int64_t outer, std::int64_t row, int step, int count,
                      std::int64_t column) const {
    T raw[kColumnRun][kColumns];
    const T* from = x + (outer * rows + row) * columns + column;
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      if (j < count) {
        load_run<kColumns>(raw[j], from + j * step * columns, aligned);
      } else {
#pragma unroll
        for (int v = 0; v < kColumns; ++v) raw[j][v] = T{};
      }
    }
#pragma unroll
    for (int v = 0; v < kColumns; ++v) {
      Addend<T> values[kColumnRun];
#pragma unroll
      for (int j = 0; j < kColumnRun; ++j) values[j] = addend(raw[j][v]);
      state[v] += tree_sum<kColumnRun>(values);
    }
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return a + b; }
  __device__ void write(std::int64_t outer, std::int64_t chunk, std::int64_t column, State sum, std::int64_t) const {
    put(y + (outer * chunks + chunk) * columns + column, sum);
  }
};

/// y[o, chunk, i] = Σ over a chunk of x[o, ·, i]: threads side by side own neighbouring columns, 16 bytes each where
/// the columns divide so. Bound by memory.
template <typename T, typename Y, int kColumns>
__global__ void __launch_bounds__(kColumnThreads) sum_columns_kernel(ColumnCut cut, SumColumns<T, Y, kColumns> task) {
  reduce_columns(cut, task);
}

template <int kColumns, typename T, typename Y>
void sum_chunks_of_columns(const ColumnCut& cut, const T* x, Y* y, Stream stream) {
  const SumColumns<T, Y, kColumns> task{x, y, cut.rows, cut.columns, cut.chunks, aligned16(x)};
  launch(sum_columns_kernel<T, Y, kColumns>, cut.grid(), kColumnThreads, 0, stream, cut, task);
}

template <int kColumns, typename T, typename Y>
void sum_columns(const SumShape& n, const T* x, Y* y, double* partials, Stream stream) {
  const ColumnCut cut(n.outer, n.reduced, n.inner, kColumns);
  if (cut.chunks == 1) {
    sum_chunks_of_columns<kColumns>(cut, x, y, stream);
  } else {
    sum_chunks_of_columns<kColumns>(cut, x, partials, stream);
    sum_chunks_of_columns<1>(ColumnCut(n.outer, cut.chunks, n.inner, 1, 1), partials, y, stream);
  }
}

/// Columns a thread: a whole pack where the shape allows it.
template <typename T>
int columns_of_thread(std::int64_t inner) {
  return inner % Pack<T>::kSize == 0 ? Pack<T>::kSize : 1;
}

template <typename T, typename Y>
void sum_as(const SumShape& n, const T* x, Y* y, double* partials, Stream stream) {
  if (n.inner == 1) {
    sum_rows(RowCut<T>(n.outer, n.reduced), x, y, partials, stream);
  } else if (columns_of_thread<T>(n.inner) > 1) {
    sum_columns<Pack<T>::kSize>(n, x, y, partials, stream);
  } else {
    sum_columns<1>(n, x, y, partials, stream);
  }
}

/// y[o, r, i] = x[o, i]: a thread makes kSize neighbouring elements of y, 16 bytes where addresses allow. Writing y is
/// all the traffic there is, as x comes from the caches.
template <typename T, int kSize>
__global__ void __launch_bounds__(kThreads)
    broadcast_kernel(std::int64_t elements, std::int64_t repeats, std::int64_t inner, Divisor by_inner,
                     Divisor by_repeats, const T* __restrict__ x, T* __restrict__ y) {
  for (std::int64_t run = grid_begin(); run * kSize < elements; run += grid_step()) {
    const std::int64_t first = run * kSize;
    const int count = elements - first < kSize ? static_cast<int>(elements - first) : kSize;
    auto [row, i] = by_inner.divide(first);
    auto [o, repeat] = by_repeats.divide(row);
    const T* from = x + o * inner;
    T values[kSize];
#pragma unroll
    for (int k = 0; k < kSize; ++k) {
      values[k] = from[i];
      if (k + 1 >= count || ++i < inner) continue;
      i = 0;
      if (++repeat < repeats) continue;
      repeat = 0;
      from += inner;
    }
    if (count == kSize) {
      store_run<kSize>(y + first, values);
    } else {
#pragma unroll
      for (int k = 0; k < kSize; ++k) {
        if (k < count) y[first + k] = values[k];
      }
    }
  }
}

template <typename T, int kSize>
void broadcast_as(std::int64_t outer, std::int64_t repeats, std::int64_t inner, const T* x, T* y, Stream stream) {
  const std::int64_t elements = outer * repeats * inner;
  launch(broadcast_kernel<T, kSize>, blocks_for(ceil_div(elements, kSize), kThreads), kThreads, 0, stream, elements,
         repeats, inner, Divisor(inner), Divisor(repeats), x, y);
}

}  // namespace

void sum(const SumShape& n, Storage x_storage, const void* x, Storage y_storage, void* y, void* scratch,
         Stream stream) {
  if (n.outer * n.inner == 0) return;
  with_storage(x_storage, [&](auto x_type) {
    with_storage(y_storage, [&](auto y_type) {
      using T = decltype(x_type);
      using Y = decltype(y_type);
      sum_as(n, static_cast<const T*>(x), static_cast<Y*>(y), static_cast<double*>(scratch), stream);
    });
  });
}

std::size_t sum_scratch(const SumShape& n, Storage x_storage) {
  std::int64_t partials = 0;
  with_storage(x_storage, [&](auto x_type) {
    using T = decltype(x_type);
    const std::int64_t chunks = n.inner == 1
                                    ? RowCut<T>(n.outer, n.reduced).chunks
                                    : ColumnCut(n.outer, n.reduced, n.inner, columns_of_thread<T>(n.inner)).chunks;
    if (chunks > 1) partials = n.outer * chunks * n.inner;
  });
  return static_cast<std::size_t>(partials) * sizeof(double);
}

void broadcast(std::int64_t outer, std::int64_t repeats, std::int64_t inner, Storage storage, const void* x, void* y,
               Stream stream) {
  if (outer * repeats * inner == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const auto run = aligned16(y) ? broadcast_as<T, Pack<T>::kSize> : broadcast_as<T, 1>;
    run(outer, repeats, inner, static_cast<const T*>(x), static_cast<T*>(y), stream);
  });
}

}  // namespace genocuda::kernels
