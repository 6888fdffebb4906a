// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

/// Rows taken out of tables that stay on the device, and put into them.
namespace genocuda::kernels {

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
