// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Work on the rows of [rows, width]: a group of lanes shares a short row, a block a long one. What a thread takes of
/// a row, and the order of every sum, follow from the width alone.

#include "kernels/grid.cuh"
#include "kernels/pack.cuh"
#include "kernels/reduce.cuh"

namespace genocuda::kernels {

constexpr int kRowThreads = 256;

/// How rows are dealt out.
struct RowCut {
  std::int64_t rows, width;
  int lanes;     ///< neighbouring threads that share a row: up to 32, or kRowThreads
  bool aligned;  ///< every row starts at a multiple of 16 bytes

  template <typename T, typename... Pointers>
  static RowCut of(std::int64_t rows, std::int64_t width, const T* first, const Pointers*... others) {
    const std::int64_t packs = ceil_div(width, Pack<T>::kSize);
    RowCut cut{rows, width, 1, aligned16(first, others...) && (width % Pack<T>::kSize == 0 || rows == 1)};
    while (cut.lanes < 32 && cut.lanes < packs) cut.lanes *= 2;
    if (packs >= kRowThreads) cut.lanes = kRowThreads;
    return cut;
  }
  bool is_long() const { return lanes == kRowThreads; }
  unsigned grid() const { return blocks_for(rows, kRowThreads / lanes); }
};

/// The threads that share a row. All threads of the warp (of the block, where kLong) call sum and max together.
template <bool kLong>
struct RowGroup {
  int lane, lanes;

  __device__ __forceinline__ explicit RowGroup(const RowCut& cut)
      : lane(static_cast<int>(threadIdx.x) % cut.lanes), lanes(cut.lanes) {}

  __device__ __forceinline__ double sum(double value) const {
    if constexpr (kLong) {
      return block_sum<kRowThreads>(value);
    } else {
      return group_sum(value, lanes);
    }
  }
  __device__ __forceinline__ float max(float value) const {
    if constexpr (kLong) {
      return block_max<kRowThreads>(value);
    } else {
      return group_max(value, lanes);
    }
  }
};

/// Calls work(row) for the rows of the calling thread's group. A group past the last row is given row −1: its threads
/// have to come to the reductions of their warp.
template <bool kLong, typename Work>
__device__ __forceinline__ void for_rows(const RowCut& cut, const Work& work) {
  const int groups = kRowThreads / cut.lanes;
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * groups;
  for (std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * groups; first < cut.rows; first += step) {
    const std::int64_t row = first + static_cast<int>(threadIdx.x) / cut.lanes;
    work(row < cut.rows ? row : -1);
  }
}

/// kRun packs of a row, a group's width apart, all on their way at once; what lies past the row is 0.
template <typename T, int kRun>
struct RowRun {
  static constexpr int kSize = Pack<T>::kSize;
  T raw[kRun][kSize];

  __device__ __forceinline__ RowRun(const T* row, const RowCut& cut, std::int64_t pack) {
#pragma unroll
    for (int j = 0; j < kRun; ++j) {
      const std::int64_t first = (pack + j * cut.lanes) * kSize;
      if (first + kSize <= cut.width) {
        load_run<kSize>(raw[j], row + first, cut.aligned);
      } else {
#pragma unroll
        for (int i = 0; i < kSize; ++i) raw[j][i] = first + i < cut.width ? row[first + i] : T{};
      }
    }
  }
};

/// Calls body(first, count, x0, …) for the packs of a row that are the calling thread's: `count` (1 to the size of a
/// pack) elements from `first` on, as arrays of a pack's size, of each operand.
template <int kRun, typename Body, typename T, typename... More>
__device__ __forceinline__ void for_packs(const RowCut& cut, int lane, const Body& body, const T* row,
                                          const More*... more) {
  constexpr int kSize = Pack<T>::kSize;
  const std::int64_t packs = (cut.width + kSize - 1) / kSize;
  for (std::int64_t pack = lane; pack < packs; pack += kRun * cut.lanes) {
    const auto each = [&](const auto&... runs) {
#pragma unroll
      for (int j = 0; j < kRun; ++j) {
        const std::int64_t first = (pack + j * cut.lanes) * kSize, left = cut.width - first;
        if (left > 0) body(first, left < kSize ? static_cast<int>(left) : kSize, runs.raw[j]...);
      }
    };
    each(RowRun<T, kRun>(row, cut, pack), RowRun<More, kRun>(more, cut, pack)...);
  }
}

/// Writes what a thread has of a row.
template <typename T>
__device__ __forceinline__ void store_pack(T* row, const RowCut& cut, std::int64_t first, int count,
                                           const float (&values)[Pack<T>::kSize]) {
  constexpr int kSize = Pack<T>::kSize;
  if (count == kSize) {
    store_floats<kSize>(row + first, values, cut.aligned);
  } else {
#pragma unroll
    for (int i = 0; i < kSize; ++i) {
      if (i < count) row[first + i] = from_float<T>(values[i]);
    }
  }
}

/// Σ e^(x − largest) over what has been seen of a row, and the largest: one pass, rescaled when a larger one comes.
struct Partition {
  float largest = -INFINITY;
  double sum = 0;

  /// e^(x − largest); nothing where all is −∞ so far.
  __device__ __forceinline__ float exp_below(float x) const {
    return expf(x - (largest == -INFINITY ? 0.0f : largest));
  }
  __device__ __forceinline__ void raise(float to) {
    if (!(to > largest)) return;
    sum *= static_cast<double>(expf(largest - to));
    largest = to;
  }
  /// Makes what the threads of a group have seen known to all of them.
  template <bool kLong>
  __device__ __forceinline__ void join(const RowGroup<kLong>& group) {
    raise(group.max(largest));
    sum = group.sum(sum);
  }
  template <int kSize>
  __device__ __forceinline__ void add(const float (&x)[kSize], int count) {
    float top = -INFINITY;
#pragma unroll
    for (int i = 0; i < kSize; ++i) {
      if (i < count) top = fmaxf(top, x[i]);
    }
    raise(top);
    float here = 0;
#pragma unroll
    for (int i = 0; i < kSize; ++i) {
      if (i < count) here += exp_below(x[i]);
    }
    sum += static_cast<double>(here);
  }
};

/// The partition of a row, known to all threads of its group. `row` is null for a group without one.
template <bool kLong, typename T>
__device__ __forceinline__ Partition partition_of(const RowGroup<kLong>& group, const RowCut& cut, const T* row) {
  Partition partition;
  if (row != nullptr) {
    for_packs<4>(
        cut, group.lane,
        [&](std::int64_t, int count, const T(&raw)[Pack<T>::kSize]) {
          float x[Pack<T>::kSize];
#pragma unroll
          for (int i = 0; i < Pack<T>::kSize; ++i) x[i] = to_float(raw[i]);
          partition.add(x, count);
        },
        row);
  }
  partition.join(group);
  return partition;
}

}  // namespace genocuda::kernels
