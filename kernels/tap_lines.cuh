// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TapLines (gemm.h) on the device: where the number at (line, column) lies.

#include "kernels/device.cuh"
#include "kernels/gemm.h"

namespace genocuda::kernels {

/// What of a line does not depend on the column.
struct Line {
  std::int64_t offset;
  std::int32_t position;
};

/// A line that is zero throughout.
__device__ __forceinline__ Line no_line() { return {0, INT32_MIN / 2}; }

__device__ __forceinline__ Line line_at(const TapLines& operand, std::uint32_t index) {
  const std::uint32_t group = operand.lines_per_group.quotient(index);
  const auto number = static_cast<std::int32_t>(index - group * operand.lines_per_group.value());
  const std::int32_t position = operand.first + number * operand.step;
  return {group * operand.group_stride + position * operand.position_stride, position};
}

/// Null where the number is zero because its position is outside of the sequence.
template <typename T>
__device__ __forceinline__ const T* locate(const TapLines& operand, const Line& line, std::uint32_t column) {
  const std::uint32_t tap = operand.channels.quotient(column), channel = column - tap * operand.channels.value();
  const std::int32_t position = line.position + static_cast<std::int32_t>(tap) * operand.dilation;
  if (static_cast<std::uint32_t>(position) >= static_cast<std::uint32_t>(operand.length)) return nullptr;
  return static_cast<const T*>(operand.data) + (line.offset + tap * operand.tap_stride + channel);
}

}  // namespace genocuda::kernels
