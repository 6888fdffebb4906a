// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stream.h"

/// Counting the words of `k` bases in packed DNA. A k-mer's number has its first base in the highest two bits, so that
/// numbers are in alphabetical order. Both launchers work in `scratch` and in temporary memory of their own and return
/// when the stream has come to their end: not for recorded graphs. They throw std::runtime_error (from CUDA).
namespace genocuda::kernels {

/// Rows of a dna tensor [batch, length] (core/dna.h) in device memory, and which of their windows are one: windows with
/// an unknown base are passed over.
struct KmerWindows {
  const std::uint32_t* rows;
  std::int64_t batch, length;
  int k;           ///< 1 to 12
  bool canonical;  ///< a word and its reverse complement are one, under the smaller number

  std::int64_t per_row() const { return length < k ? 0 : length - k + 1; }
  std::int64_t count() const { return batch * per_row(); }
  std::int64_t words() const { return std::int64_t{1} << 2 * k; }
};

/// table[number] = how often each of the 4^k words occurs; of pairs under one number only that one has counts.
void count_kmers(const KmerWindows& windows, std::int64_t* table, void* scratch, Stream stream);

/// The words that occur, in ascending order, and how often: kmers and counts have room for min(count(), words())
/// elements. Returns how many there are.
std::int64_t list_kmers(const KmerWindows& windows, std::uint32_t* kmers, std::int64_t* counts, void* scratch,
                        Stream stream);

/// Bytes of scratch for either, aligned to 8.
std::size_t kmer_scratch(const KmerWindows& windows);

}  // namespace genocuda::kernels
