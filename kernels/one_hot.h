// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dna.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

/// DNA as numbers, and DNA as packed rows.
namespace genocuda::kernels {

/// y [batch, length, 4]: 1 for the base that is there; an N gives four zeros, or `quarters`: 0.25 each. Four zeros
/// where a view leaves its contig. y is aligned to 16 bytes.
void one_hot(const DnaSource& dna, std::int64_t batch, bool quarters, Storage storage, void* y, Stream stream);

/// rows [batch] as core/dna.h packs them: copies of packed rows, or what views into a genome see. Where a view leaves
/// its contig the row has N: to a convolution that takes N as zeros the row and the view are then the same. (Where N
/// counts as quarters they are not, since a row cannot say "no base".)
void extract_dna(const DnaSource& dna, std::int64_t batch, std::uint32_t* rows, Stream stream);

/// rows [2 · batch]: row 2i is example i as extract_dna gives it, row 2i + 1 its reverse complement.
void both_strands(const DnaSource& dna, std::int64_t batch, std::uint32_t* rows, Stream stream);

}  // namespace genocuda::kernels
