// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Tables that stay on the device, and what a run takes out of them or puts in.
namespace genocuda {

/// The windows of a batch on packed contigs that lie one after another in two arrays of words, i32 [words]: 16 codes a
/// word and 32 bits of N mask a word (core/dna.h), both by the same count of bases. A row of `places`, i64 [batch, 4],
/// is (start, contig begin, contig end, reverse): the window has the bases [start, start + length), read from the other
/// strand where `reverse` is 1; what lies outside [contig begin, contig end) is unknown. -> dna [batch, length].
Value extract_dna(Value codes, Value mask, Value places, std::int64_t length);

/// The byte of a table that stands for a missing number.
inline constexpr std::uint8_t kMissingByte = 255;

/// Rows `rows`, i64 [batch], of a table [n, columns] -> [batch, columns] of `dtype`. The table is of that type, or u8:
/// then 255 is NaN. A row of -1 is NaN everywhere.
Value gather_rows(Value table, Value rows, DType dtype = DType::f32);

/// The table [n, columns] with `row`, [columns], in the place of row (step − 1) mod n; `step` is an i32 scalar that
/// counts from 1. What a variable is assigned that keeps the last n of something.
Value write_row(Value table, Value step, Value row);

namespace ops {
extern const Operator kExtractDna, kGatherRows, kWriteRow;
struct ExtractDnaAttributes {
  std::int64_t length = 0;
};
struct GatherRowsAttributes {
  DType dtype = DType::f32;
};
}  // namespace ops

}  // namespace genocuda
