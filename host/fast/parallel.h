// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "host/threads.h"

/// How the fast rows cut work for threads. Cuts depend on shapes alone, so that sums come out the same for any number
/// of threads.
namespace genocuda::fast {

constexpr std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// Numbers that a thread works on at least, so that starting it pays.
inline constexpr std::int64_t kGrain = 16384;

/// Calls work(begin, end) for the pieces of [0, count), each of `grain` but the last.
template <typename Work>
void parallel_ranges(std::int64_t count, std::int64_t grain, const Work& work) {
  const std::int64_t size = std::max<std::int64_t>(grain, 1);
  host::parallel_for(ceil_divide(count, size),
                     [&](std::int64_t piece) { work(piece * size, std::min(count, (piece + 1) * size)); });
}

/// A matrix [rows, columns] in runs of rows that stay in the first-level cache and give sums of few enough terms for
/// float.
struct RowChunks {
  std::int64_t rows, columns, rows_each;

  RowChunks(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count), columns(column_count), rows_each(std::clamp<std::int64_t>(8192 / column_count, 16, 256)) {}
  std::int64_t count() const { return ceil_divide(rows, rows_each); }
  std::int64_t rows_of(std::int64_t chunk) const { return std::min(rows_each, rows - chunk * rows_each); }
  std::int64_t offset(std::int64_t chunk) const { return chunk * rows_each * columns; }

  /// Calls work(chunk) for all of them.
  template <typename Work>
  void parallel(const Work& work) const {
    const std::int64_t each = std::max<std::int64_t>(1, kGrain / (rows_each * columns));
    parallel_ranges(count(), each, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t chunk = begin; chunk < end; ++chunk) work(chunk);
    });
  }
};

}  // namespace genocuda::fast
