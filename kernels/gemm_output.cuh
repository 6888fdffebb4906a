// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What becomes of the sums of a tile: with the bias they go through the activation to y, or, where the terms
/// are split over blocks, into the block's part of the scratch, to be added up by gemm_finish_kernel.

#include <limits>

#include "kernels/gemm.h"
#include "kernels/storage.cuh"

namespace genocuda::kernels {

/// x above the threshold, else slope · x (0 where the slope is 0): the activations that cost next to nothing. As it
/// stands, the identity.
struct Ramp {
  float threshold = -std::numeric_limits<float>::infinity(), slope = 1;

  __device__ __forceinline__ float operator()(float x) const {
    return x <= threshold ? (slope == 0.0f ? 0.0f : slope * x) : x;
  }
};

/// How a product is launched. The terms [z · terms, (z + 1) · terms) are those of the blocks at z. `partials` [splits,
/// m, n], null where there is one split.
struct GemmPlan {
  float* partials = nullptr;
  std::int64_t terms = 0;
  int splits = 1;
  bool pairs = false;  ///< two neighbouring columns, the first of them even, can be stored at once
  Ramp ramp{};
};

/// What the bias adds to sums of a column: in the blocks of the first terms, where there is one.
template <typename T>
__device__ __forceinline__ float bias_at(const Gemm& gemm, std::int64_t column) {
  if (gemm.epilogue.bias == nullptr || blockIdx.z > 0 || column >= gemm.n) return 0.0f;
  return to_float(static_cast<const T*>(gemm.epilogue.bias)[column]);
}

template <typename T>
class TileOutput {
 public:
  __device__ __forceinline__ TileOutput(const Gemm& gemm, const GemmPlan& plan)
      : gemm_(gemm), pairs_(plan.pairs), ramp_(plan.ramp) {
    partials_ = plan.partials == nullptr ? nullptr : plan.partials + blockIdx.z * gemm.m * gemm.n;
  }
  /// Where the row begins, in elements.
  __device__ __forceinline__ std::int64_t row(std::int64_t index) const {
    if (partials_ != nullptr) return index * gemm_.n;
    const auto number = static_cast<std::uint32_t>(index);
    const std::uint32_t group = gemm_.y.rows_per_group.quotient(number);
    return group * gemm_.y.group_stride + (number - group * gemm_.y.rows_per_group.value()) * gemm_.y.row_stride;
  }
  __device__ __forceinline__ void store(std::int64_t row, std::int64_t column, float sum) const {
    if (partials_ != nullptr) {
      partials_[row + column] = sum;
    } else {
      static_cast<T*>(gemm_.y.data)[row + column * gemm_.y.column_stride] = from_float<T>(ramp_(sum));
    }
  }
  /// Two sums of columns `column`, which is even, and column + 1, as far as they are columns.
  __device__ __forceinline__ void store_pair(std::int64_t row, std::int64_t column, float first, float second) const {
    if (column >= gemm_.n) return;
    if (!pairs_) {
      store(row, column, first);
      if (column + 1 < gemm_.n) store(row, column + 1, second);
    } else if (partials_ != nullptr) {
      *reinterpret_cast<Pair<float>*>(partials_ + row + column) = {first, second};
    } else {
      *reinterpret_cast<Pair<T>*>(static_cast<T*>(gemm_.y.data) + row + column) = {from_float<T>(ramp_(first)),
                                                                                   from_float<T>(ramp_(second))};
    }
  }

 private:
  template <typename U>
  struct alignas(2 * sizeof(U)) Pair {
    U first, second;
  };

  const Gemm& gemm_;
  float* partials_;
  bool pairs_;
  Ramp ramp_;
};

}  // namespace genocuda::kernels
