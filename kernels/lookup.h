// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/place.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// Rows taken out of tables that stay on the device, and put into them.
namespace genocuda::kernels {

/// Windows of `positions` on a table of signals, f32 [positions of all contigs, channels], aligned to 16 bytes.
struct TrackWindows {
  const float* values;
  const std::int32_t* other_strand;  ///< of each channel, in device memory
  std::int64_t channels, positions;
  float missing;  ///< what a window has outside its contig
};

/// y [batch, positions, channels], aligned to 16 bytes: what windows see, on the reverse strand from their ends and in
/// each channel what its other strand has.
void extract_tracks(const TrackWindows& tracks, const WindowPlace* places, std::int64_t batch, float* y, Stream stream);

/// y [count, columns]: rows of a table of f32 [n, columns]; NaN where a row is negative.
void gather_rows(const float* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns, float* y,
                 Stream stream);
/// The same of a table of bytes, of which 255 gives NaN.
void gather_rows(const std::uint8_t* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns,
                 float* y, Stream stream);

/// Copies `row` into row (step − 1) mod n of a table of f32 [n, columns]. `step` lies in device memory.
void write_row(float* table, std::int64_t n, std::int64_t columns, const std::int32_t* step, const float* row,
               Stream stream);

}  // namespace genocuda::kernels
