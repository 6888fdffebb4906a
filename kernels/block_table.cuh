// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/block_table.h"
#include "kernels/device.cuh"

namespace genocuda::kernels {

/// The entry of this block. All threads of the block ask for the same addresses, which the constant cache serves.
template <typename Table>
__device__ __forceinline__ const typename Table::Entry& entry_of_block(const Table& table) {
  int low = 0, high = table.size - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (table.entries[middle].first_block <= static_cast<int>(blockIdx.x)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return table.entries[low];
}

}  // namespace genocuda::kernels
