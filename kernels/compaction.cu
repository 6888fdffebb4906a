// SPDX-License-Identifier: Apache-2.0
#include "kernels/compaction.h"

#include <thrust/copy.h>
#include <thrust/iterator/counting_iterator.h>

#include "kernels/thrust_policy.cuh"

namespace genocuda::kernels {
namespace {

struct IsFlagged {
  const std::uint8_t* flags;
  KERNEL_BOTH bool operator()(std::int64_t row) const { return flags[row] != 0; }
};

struct IsAtLeast {
  const float* values;
  std::int64_t stride;
  float threshold;
  KERNEL_BOTH bool operator()(std::int64_t row) const { return values[row * stride] >= threshold; }
};

template <typename Condition>
std::int64_t select(std::int64_t n, const Condition& condition, std::int64_t* indices, Stream stream) {
  const auto rows = thrust::make_counting_iterator<std::int64_t>(0);
  return thrust::copy_if(thrust_policy(stream), rows, rows + n, indices, condition) - indices;
}

}  // namespace

std::int64_t select_flagged(std::int64_t n, const std::uint8_t* flags, std::int64_t* indices, Stream stream) {
  return select(n, IsFlagged{flags}, indices, stream);
}

std::int64_t select_at_least(std::int64_t n, const float* values, std::int64_t stride, float threshold,
                             std::int64_t* indices, Stream stream) {
  return select(n, IsAtLeast{values, stride, threshold}, indices, stream);
}

}  // namespace genocuda::kernels
