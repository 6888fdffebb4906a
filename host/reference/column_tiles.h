// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

/// Sums down the columns of a row-major matrix read memory a row at a time, for a tile of neighbouring columns at once;
/// each column is still summed from its first row to its last.
namespace genocuda::reference {

inline constexpr std::int64_t kTileColumns = 64;
/// One number for each column of a tile.
using TileSums = std::array<double, kTileColumns>;

/// Calls body(first, count) for columns [first, first + count), count at most kTileColumns.
template <typename Body>
void for_column_tiles(std::int64_t columns, const Body& body) {
  for (std::int64_t first = 0; first < columns; first += kTileColumns) {
    body(first, std::min(kTileColumns, columns - first));
  }
}

}  // namespace genocuda::reference
