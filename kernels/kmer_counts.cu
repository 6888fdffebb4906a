// SPDX-License-Identifier: Apache-2.0
#include "kernels/kmer_counts.h"

#include "kernels/dna.cuh"
#include "kernels/grid.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;

/// Bins that a block counts in shared memory.
constexpr int kTile = 8192;

/// The words of one length, and their bins (core/kmers.h).
struct Words {
  int k;
  bool canonical;

  __device__ __forceinline__ std::uint32_t bin(std::uint32_t word) const {
    if (!canonical) return word;
    const int half = k / 2;
    const bool odd = k % 2 == 1;
    const std::uint32_t halves = 1u << 2 * half;
    std::uint32_t u = word >> 2 * (k - half), w = 0, tail = word;
    for (int i = 0; i < half; ++i, tail >>= 2) w = w << 2 | (3 - (tail & 3));
    std::uint32_t middle = odd ? tail & 3 : 0;
    if (u > w || (u == w && middle > 1)) {
      const std::uint32_t first = u;
      u = w;
      w = first;
      middle = odd ? 3 - middle : 0;
    }
    const std::uint32_t middles = odd ? 4 : 1, of_equals = odd ? 2 : 1;
    // u · (u − 1) / 2 without a number below 0.
    const std::uint32_t before = middles * (u * (2 * halves - 1 - u) / 2) + of_equals * u;
    return before + (u == w ? middle : of_equals + (w - u - 1) * middles + middle);
  }
};

/// A tile of the bins of one sequence a block, counted with whole numbers in shared memory, so that the order of the
/// threads does not matter, and written once. Every tile of a sequence looks at all its words: for sequences shorter
/// than some thousand bases that costs less than the stores. A thread's words follow each other, so that each new one
/// takes one base.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    kmer_counts_kernel(DnaSource dna, std::int64_t batch, Words words, std::int64_t bins, T* __restrict__ counts) {
  KERNEL_SHARED(std::uint32_t, tile, [kTile]);
  const std::int64_t tiles = ceil_div(bins, kTile), last_word = dna.length - words.k;
  const std::int64_t each = ceil_div(last_word + 1, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  for (std::int64_t item = blockIdx.x; item < batch * tiles; item += gridDim.x) {
    const std::int64_t b = item / tiles, first_bin = item % tiles * kTile;
    const int size = static_cast<int>(bins - first_bin < kTile ? bins - first_bin : kTile);
    for (int i = thread; i < size; i += kThreads) tile[i] = 0;
    __syncthreads();

    const DnaExample example(dna, b);
    const std::int64_t first = thread * each;
    const std::int64_t end = first + each + words.k - 1 < dna.length ? first + each + words.k - 1 : dna.length;
    const std::uint32_t mask = (1u << 2 * words.k) - 1;
    std::uint32_t word = 0;
    int known = 0;
    for (std::int64_t position = first; position < end; ++position) {
      const int code = example.code(position);
      known = code < kBases ? known + 1 : 0;
      word = (word << 2 | (static_cast<std::uint32_t>(code) & 3)) & mask;
      if (known < words.k) continue;
      const std::int64_t bin = words.bin(word) - first_bin;
      if (bin >= 0 && bin < size) atomicAdd(&tile[bin], 1u);
    }
    __syncthreads();
    for (int i = thread; i < size; i += kThreads) {
      counts[b * bins + first_bin + i] = from_float<T>(static_cast<float>(tile[i]));
    }  // and who reads a bin is who sets it to 0 for the next item
  }
}

}  // namespace

void kmer_counts(const DnaSource& dna, std::int64_t batch, int k, bool canonical, Storage storage, void* counts,
                 Stream stream) {
  const std::int64_t all = std::int64_t{1} << 2 * k, palindromes = k % 2 == 0 ? std::int64_t{1} << k : 0;
  const std::int64_t bins = canonical ? (all + palindromes) / 2 : all;
  const std::int64_t items = batch * ceil_div(bins, kTile);
  if (items == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch(kmer_counts_kernel<T>, blocks_for(items, 1), kThreads, 0, stream, dna, batch, Words{k, canonical}, bins,
           static_cast<T*>(counts));
  });
}

}  // namespace genocuda::kernels
