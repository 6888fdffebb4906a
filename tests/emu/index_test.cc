// SPDX-License-Identifier: Apache-2.0
// How kernels find their way in tensors larger than a test could hold.
#include <gtest/gtest.h>

#include <random>

#include "kernels/columns.cuh"
#include "kernels/divisor.cuh"

namespace genocuda::kernels {
namespace {

TEST(Divisor, DividesEveryIndexAsTheLanguageDoes) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> edges{0, 1, 2, 3, 5, 7, 255, 256, 257, 641};
  for (int bit = 20; bit < 63; ++bit) {
    for (const std::int64_t near : {-1, 0, 1}) edges.push_back((std::int64_t{1} << bit) + near);
  }
  edges.push_back(std::numeric_limits<std::int64_t>::max());
  for (int i = 0; i < 200; ++i) edges.push_back(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
  for (const std::int64_t divisor : edges) {
    if (divisor == 0) continue;
    const Divisor by(divisor);
    for (const std::int64_t index : edges) {
      const auto [quotient, remainder] = by.divide(index);
      ASSERT_EQ(quotient, index / divisor) << index << " / " << divisor;
      ASSERT_EQ(remainder, index % divisor) << index << " / " << divisor;
      if (index <= std::numeric_limits<std::int64_t>::max() / divisor) {
        ASSERT_EQ(by.divide(index * divisor).quotient, index);
        if (index > 0) {
          ASSERT_EQ(by.divide(index * divisor - 1).quotient, index - 1);
        }
      }
    }
  }
}

TEST(ColumnCut, CoversEveryRowAndColumnOnce) {
  const std::int64_t extents[] = {0, 1, 2, 63, 64, 65, 1000, 123'456, 5'000'000'000};
  for (const std::int64_t outer : {0L, 1L, 3L, 70'000L, 3'000'000'000L}) {
    for (const std::int64_t rows : extents) {
      for (const std::int64_t columns : {0L, 1L, 4L, 20L, 36L, 300L, 1'000'000L}) {
        for (const int per_thread : {1, 4, 8}) {
          const ColumnCut cut(outer, rows, columns, per_thread);
          ASSERT_EQ(cut.width() * cut.depth(), kColumnThreads);
          ASSERT_GE(cut.tiles * cut.width() * per_thread, columns);
          ASSERT_LT((cut.tiles - 1) * cut.width() * per_thread, columns > 0 ? columns : 1);
          ASSERT_GE(cut.chunks, 1);
          ASSERT_GE(cut.chunks * cut.chunk_rows, rows);
          ASSERT_LT((cut.chunks - 1) * cut.chunk_rows, rows > 0 ? rows : 1);
          ASSERT_LE(cut.chunks, 512);
          ASSERT_LE(cut.grid(), 1U << 20);
          const std::int64_t last = cut.block_count() - 1;
          if (last < 0) continue;
          const auto [chunk_of_outer, tile] = cut.by_tiles.divide(last);
          const auto [o, chunk] = cut.by_chunks.divide(chunk_of_outer);
          ASSERT_EQ(o, outer - 1);
          ASSERT_EQ(chunk, cut.chunks - 1);
          ASSERT_EQ(tile, cut.tiles - 1);
        }
      }
    }
  }
}

TEST(RowsCongruent, CountsTheRowsOfAThread) {
  for (int log2 = 0; log2 < 4; ++log2) {
    for (std::int64_t count = 0; count < 40; ++count) {
      std::int64_t all = 0;
      for (int remainder = 0; remainder < 1 << log2; ++remainder) {
        std::int64_t rows = 0;
        for (std::int64_t row = 0; row < count; ++row) rows += row % (1 << log2) == remainder;
        ASSERT_EQ(rows_congruent(count, remainder, log2), rows);
        all += rows;
      }
      ASSERT_EQ(all, count);
    }
  }
  EXPECT_EQ(rows_congruent(5'000'000'000, 1, 3), 625'000'000);
}

}  // namespace
}  // namespace genocuda::kernels
