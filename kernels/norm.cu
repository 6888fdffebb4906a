// SPDX-License-Identifier: Apache-2.0
#include "kernels/norm.h"

#include "kernels/block_table.cuh"
#include "kernels/columns.cuh"
#include "kernels/pack.cuh"
#include "kernels/reduce.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;
/// Packs that a thread loads before it squares any, and how often it does.
constexpr int kAhead = 4, kRuns = 4;
constexpr int kSize = Pack<float>::kSize;
constexpr int kElementsOfBlock = kThreads * kSize * kAhead * kRuns;

struct Item {
  const float* values;
  std::int64_t elements;
  bool aligned;
};
using Table = BlockTable<Item, 120>;
static_assert(sizeof(Table) <= 4000, "parameters of a kernel are limited to 4 KB");

__device__ __forceinline__ double square(float value) { return static_cast<double>(value) * value; }

/// partials[b] = Σ x² over the kElementsOfBlock elements of block b, of one tensor. In double from the squares on, so
/// that none of them overflows. Bound by memory.
__global__ void __launch_bounds__(kThreads) squares_kernel(const __grid_constant__ Table table, double* partials) {
  const auto& [item, first_block] = entry_of_block(table);
  const std::int64_t begin =
      static_cast<std::int64_t>(static_cast<int>(blockIdx.x) - first_block) * kElementsOfBlock + threadIdx.x * kSize;
  double sum = 0;
#pragma unroll 1
  for (int run = 0; run < kRuns; ++run) {
    float values[kAhead][kSize];
#pragma unroll
    for (int j = 0; j < kAhead; ++j) {
      const std::int64_t first = begin + static_cast<std::int64_t>(run * kAhead + j) * kThreads * kSize;
      if (first + kSize <= item.elements) {
        load_run<kSize>(values[j], item.values + first, item.aligned);
      } else {
#pragma unroll
        for (int i = 0; i < kSize; ++i) values[j][i] = first + i < item.elements ? item.values[first + i] : 0;
      }
    }
#pragma unroll
    for (int j = 0; j < kAhead; ++j) {
      sum += (square(values[j][0]) + square(values[j][1])) + (square(values[j][2]) + square(values[j][3]));
    }
  }
  sum = block_sum<kThreads>(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

/// The norm from the partial sums: one block, bound by latency.
__global__ void __launch_bounds__(kThreads)
    norm_kernel(const double* __restrict__ partials, std::int64_t count, float* norm) {
  double sum = 0;
  for (std::int64_t i = threadIdx.x; i < count; i += kThreads) sum += partials[i];
  sum = block_sum<kThreads>(sum);
  if (threadIdx.x == 0) *norm = static_cast<float>(sqrt(sum));
}

/// One thread, one number.
__global__ void clip_scale_kernel(double limit, const float* norm, float* scale) {
  const double value = *norm;
  if (!isfinite(value)) {
    *scale = NAN;
  } else {
    *scale = limit > 0 && value > limit ? static_cast<float>(limit / value) : 1;
  }
}

/// The end of a unit's Σ w²: what its weights are multiplied with.
struct UnitFactors {
  double limit;
  const float* gradient_scale;
  float* factors;
  __device__ void write(std::int64_t unit, double squares) const {
    const double norm = sqrt(squares);
    factors[unit] = isfinite(*gradient_scale) && norm > limit ? static_cast<float>(limit / norm) : 1;
  }
};

template <int kUnits>
struct SquareColumns {
  static constexpr int kColumns = kUnits;
  using State = double;

  const float* w;
  std::int64_t units;
  double* partials;  ///< [chunks, units]; null where a chunk is all there is
  UnitFactors factors;
  bool aligned;

  __device__ static State start() { return 0; }
  __device__ void add(State (&state)[kColumns], std::int64_t, std::int64_t row, int step, int count,
                      std::int64_t unit) const {
    float values[kColumnRun][kColumns];
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      load_run<kColumns>(values[j], w + (row + (j < count ? j * step : 0)) * units + unit, aligned);
    }
#pragma unroll
    for (int v = 0; v < kColumns; ++v) {
      double squares[kColumnRun];
#pragma unroll
      for (int j = 0; j < kColumnRun; ++j) squares[j] = j < count ? square(values[j][v]) : 0;
      state[v] += tree_sum<kColumnRun>(squares);
    }
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return a + b; }
  __device__ void write(std::int64_t, std::int64_t chunk, std::int64_t unit, State sum, std::int64_t) const {
    if (partials != nullptr) {
      partials[chunk * units + unit] = sum;
    } else {
      factors.write(unit, sum);
    }
  }
};

/// Σ w² of chunks of the inputs of each unit. Bound by memory.
template <int kUnits>
__global__ void __launch_bounds__(kColumnThreads) max_norm_squares_kernel(ColumnCut cut, SquareColumns<kUnits> task) {
  reduce_columns(cut, task);
}

/// Factors from the sums of chunks.
__global__ void __launch_bounds__(kColumnThreads)
    max_norm_factors_kernel(ColumnCut cut, SumOfChunks<double, UnitFactors> task) {
  reduce_columns(cut, task);
}

/// result = w · factor of its unit. Bound by memory.
template <int kUnits>
__global__ void __launch_bounds__(kColumnThreads)
    max_norm_scale_kernel(ColumnCut cut, const float* factors, const float* w, float* result) {
  float factor[kUnits];
  for_each_row<kUnits>(
      cut, [&](std::int64_t unit) { load_run<kUnits>(factor, factors + unit, false); },
      [&](std::int64_t first, std::int64_t step, int count) {
        float values[kRowsAhead][kUnits];
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          load_run<kUnits>(values[j], w + first + (j < count ? j * step : 0));
        }
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          if (j >= count) continue;
#pragma unroll
          for (int u = 0; u < kUnits; ++u) values[j][u] *= factor[u];
          store_run<kUnits>(result + first + j * step, values[j]);
        }
      });
}

int units_of_thread(std::int64_t units) { return units % kSize == 0 ? kSize : 1; }
ColumnCut cut_for_squares(std::int64_t inputs, std::int64_t units) {
  return {1, inputs, units, units_of_thread(units)};
}

/// Scratch: partial sums, then a factor a unit.
template <int kUnits>
void max_norm_of(std::int64_t inputs, std::int64_t units, double limit, const float* w, const float* gradient_scale,
                 float* result, double* scratch, Stream stream) {
  const ColumnCut cut = cut_for_squares(inputs, units);
  float* const factors_of = reinterpret_cast<float*>(scratch + (cut.chunks > 1 ? cut.chunks * units : 0));
  const UnitFactors factors{limit, gradient_scale, factors_of};
  launch(max_norm_squares_kernel<kUnits>, cut.grid(), kColumnThreads, 0, stream, cut,
         SquareColumns<kUnits>{w, units, cut.chunks > 1 ? scratch : nullptr, factors, aligned16(w)});
  if (cut.chunks > 1) {
    const ColumnCut chunks(1, cut.chunks, units, 1, 1);
    launch(max_norm_factors_kernel, chunks.grid(), kColumnThreads, 0, stream, chunks,
           SumOfChunks<double, UnitFactors>{scratch, units, factors});
  }
  const bool wide = kUnits > 1 && aligned16(w, result);
  const ColumnCut rows(1, inputs, units, wide ? kUnits : 1, 2048);
  launch(wide ? max_norm_scale_kernel<kUnits> : max_norm_scale_kernel<1>, rows.grid(), kColumnThreads, 0, stream, rows,
         factors_of, w, result);
}

}  // namespace

std::int64_t GlobalNorm::partials(std::int64_t elements) { return ceil_div(elements, kElementsOfBlock); }

void GlobalNorm::add(const float* values, std::int64_t elements) {
  if (elements == 0) return;
  if (size_ == kTensorsOfLaunch) sum_squares();
  tensors_[size_++] = {values, elements};
}

void GlobalNorm::sum_squares() {
  static_assert(kTensorsOfLaunch <= Table::kCapacity);
  if (size_ == 0) return;
  Table table;
  for (int k = 0; k < size_; ++k) {
    const auto [values, elements] = tensors_[k];
    table.add({values, elements, aligned16(values)}, partials(elements));
  }
  launch(squares_kernel, table.blocks, kThreads, 0, stream_, table, scratch_ + used_);
  used_ += table.blocks;
  size_ = 0;
}

void GlobalNorm::finish(float* norm) {
  sum_squares();
  launch(norm_kernel, 1, kThreads, 0, stream_, scratch_, used_, norm);
}

void clip_scale(double limit, const float* norm, float* scale, Stream stream) {
  launch(clip_scale_kernel, 1, 1, 0, stream, limit, norm, scale);
}

void max_norm(std::int64_t inputs, std::int64_t units, double limit, const float* w, const float* gradient_scale,
              float* result, void* scratch, Stream stream) {
  if (inputs * units == 0) return;
  const auto run = units_of_thread(units) == 1 ? max_norm_of<1> : max_norm_of<kSize>;
  run(inputs, units, limit, w, gradient_scale, result, static_cast<double*>(scratch), stream);
}

std::size_t max_norm_scratch(std::int64_t inputs, std::int64_t units) {
  const ColumnCut cut = cut_for_squares(inputs, units);
  return static_cast<std::size_t>(units) * sizeof(float) +
         static_cast<std::size_t>(cut.chunks > 1 ? cut.chunks * units : 0) * sizeof(double);
}

}  // namespace genocuda::kernels
