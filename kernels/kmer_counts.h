// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dna.h"
#include "kernels/storage.h"
#include "kernels/stream.h"

namespace genocuda::kernels {

/// How often each word of `k` (1 to 12) bases occurs in each sequence: counts [batch, bins], the bin of a word and the
/// number of bins as core/kmers.h has them. Words with an unknown base count for none.
void kmer_counts(const DnaSource& dna, std::int64_t batch, int k, bool canonical, Storage storage, void* counts,
                 Stream stream);

}  // namespace genocuda::kernels
