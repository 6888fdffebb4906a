// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace genocuda::kernels {

/// Work of many sizes for one launch: items, passed by value as a kernel's parameter, each with as many blocks as it
/// asks for (block_table.cuh finds a block's item).
template <typename Item, int kItems>
struct BlockTable {
  static constexpr int kCapacity = kItems;
  struct Entry {
    Item item;
    int first_block;
  };

  Entry entries[kCapacity];
  int size = 0;
  int blocks = 0;

  void add(const Item& item, std::int64_t item_blocks) {
    entries[size++] = {item, blocks};
    blocks += static_cast<int>(item_blocks);
  }
};

}  // namespace genocuda::kernels
