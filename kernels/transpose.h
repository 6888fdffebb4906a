// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/storage.h"
#include "kernels/stream.h"

namespace genocuda::kernels {

/// to [columns, rows] is from [rows, columns] transposed. The two do not overlap.
void transpose(std::int64_t rows, std::int64_t columns, Storage storage, const void* from, void* to, Stream stream);

}  // namespace genocuda::kernels
