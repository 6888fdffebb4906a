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

/// The windows of a batch on signals, values [positions of all contigs, channels], in `positions` of each. A row of
/// `places` is as above, counted in positions. A window on the reverse strand has its positions in reverse order and in
/// channel c what the table has in channel other_strand[c], i32 [channels]; what lies outside the contig is `missing`.
/// -> [batch, positions, channels].
Value extract_tracks(Value values, Value other_strand, Value places, std::int64_t positions, float missing);

/// The byte of a table that stands for a missing number.
inline constexpr std::uint8_t kMissingByte = 255;

/// Rows `rows`, i64 [batch], of a table [n, columns] -> [batch, columns] of `dtype`. The table is of that type, or u8:
/// then 255 is NaN. A row of -1 is NaN everywhere.
Value gather_rows(Value table, Value rows, DType dtype = DType::f32);

/// The table [n, columns] with `row`, [columns], in the place of row (step − 1) mod n; `step` is an i32 scalar that
/// counts from 1. What a variable is assigned that keeps the last n of something.
Value write_row(Value table, Value step, Value row);

namespace ops {
extern const Operator kExtractDna, kExtractTracks, kGatherRows, kWriteRow;
struct ExtractDnaAttributes {
  std::int64_t length = 0;
};
struct ExtractTracksAttributes {
  std::int64_t positions = 0;
  float missing = 0;
};
struct GatherRowsAttributes {
  DType dtype = DType::f32;
};
}  // namespace ops

}  // namespace genocuda
