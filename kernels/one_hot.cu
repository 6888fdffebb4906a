// SPDX-License-Identifier: Apache-2.0
#include "kernels/one_hot.h"

#include "kernels/dna.cuh"
#include "kernels/grid.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;

/// Positions that a warp encodes at a stretch: eight stores of a lane, so that the divisions that find the stretch are
/// shared by 256 bases.
constexpr std::int64_t kStretch = 256;

template <typename T>
struct alignas(kBases * sizeof(T)) Encoded {
  T values[kBases];
};

/// One base a lane and step, a stretch of one example a warp: a warp stores 512 neighbouring bytes (bf16: 256), one
/// 16-byte (8-byte) store a lane, and reads three words that all lanes share. Bound by the stores: 16 (8) bytes a base
/// against 3/8 of a byte read.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    one_hot_kernel(DnaSource dna, std::int64_t batch, float unknown, Encoded<T>* __restrict__ y) {
  const std::int64_t stretches = ceil_div(dna.length, kStretch);
  const std::int64_t lane = threadIdx.x % 32;
  for (std::int64_t item = grid_begin() / 32; item < batch * stretches; item += grid_step() / 32) {
    const std::int64_t b = item / stretches, first = item % stretches * kStretch;
    const DnaExample example(dna, b);
#pragma unroll
    for (std::int64_t step = 0; step < kStretch; step += 32) {
      const std::int64_t position = first + step + lane;
      if (position >= dna.length) break;
      const int code = example.code(position);
      Encoded<T> numbers;
#pragma unroll
      for (int base = 0; base < kBases; ++base) {
        numbers.values[base] = from_float<T>(code == base ? 1.0f : code == kBases ? unknown : 0.0f);
      }
      y[b * dna.length + position] = numbers;
    }
  }
}

/// Bit i of the lower 16 to bit 2 · i.
__device__ __forceinline__ std::uint32_t spread_bits(std::uint32_t x) {
  x &= 0x0000ffffu;
  x = (x | x << 8) & 0x00ff00ffu;
  x = (x | x << 4) & 0x0f0f0f0fu;
  x = (x | x << 2) & 0x33333333u;
  return (x | x << 1) & 0x55555555u;
}

/// Writes the bases of word `word` of the mask, and of the two words of codes that go with it, of a row.
__device__ __forceinline__ void store_bases(const BasePlanes& bases, std::int64_t length, std::int64_t word,
                                            std::uint32_t* __restrict__ row) {
  const std::uint32_t low = bases.base[1] | bases.base[3], high = bases.base[2] | bases.base[3];
  const std::int64_t code_words = dna_code_words(length);
  row[2 * word] = spread_bits(low) | spread_bits(high) << 1;
  if (2 * word + 1 < code_words) row[2 * word + 1] = spread_bits(low >> 16) | spread_bits(high >> 16) << 1;
  const std::int64_t left = length - 32 * word;
  const std::uint32_t inside = left < 32 ? ~(0xffffffffu << left) : 0xffffffffu;
  row[code_words + word] = inside & ~(bases.base[0] | low | high);
}

/// The 32 bases that stand at the same places of the other strand.
__device__ __forceinline__ BasePlanes reverse_complement(const BasePlanes& bases) {
  return {{__brev(bases.base[3]), __brev(bases.base[2]), __brev(bases.base[1]), __brev(bases.base[0])},
          __brev(bases.unknown)};
}

/// 32 bases a thread, of one row or of the two strands: loaded as bit planes from any position by funnel shifts,
/// turned round by bit reversal, woven into two words of codes and one of mask. Bound by memory: 3/8 of a byte read and
/// written a base and strand; a batch of 256 x 600 is 58 KB, so that the launch is what one waits for.
template <bool kBothStrands>
__global__ void __launch_bounds__(kThreads)
    pack_dna_kernel(DnaSource dna, std::int64_t batch, std::uint32_t* __restrict__ rows) {
  const std::int64_t words = ceil_div(dna.length, 32), row_words = dna_row_words(dna.length);
  for (std::int64_t i = grid_begin(); i < batch * words; i += grid_step()) {
    const std::int64_t b = i / words, word = i % words;
    const DnaExample example(dna, b);
    std::uint32_t* row = rows + (kBothStrands ? 2 * b : b) * row_words;
    store_bases(example.load(32 * word), dna.length, word, row);
    if constexpr (kBothStrands) {
      store_bases(reverse_complement(example.load(dna.length - 32 * (word + 1))), dna.length, word, row + row_words);
    }
  }
}

template <bool kBothStrands>
void pack_dna(const DnaSource& dna, std::int64_t batch, std::uint32_t* rows, Stream stream) {
  const std::int64_t threads = batch * ceil_div(dna.length, 32);
  if (threads == 0) return;
  launch(pack_dna_kernel<kBothStrands>, blocks_for(threads, kThreads), kThreads, 0, stream, dna, batch, rows);
}

}  // namespace

void one_hot(const DnaSource& dna, std::int64_t batch, bool quarters, Storage storage, void* y, Stream stream) {
  const std::int64_t threads = batch * ceil_div(dna.length, kStretch) * 32;
  if (threads == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    launch(one_hot_kernel<T>, blocks_for(threads, kThreads), kThreads, 0, stream, dna, batch, quarters ? 0.25f : 0.0f,
           static_cast<Encoded<T>*>(y));
  });
}

void extract_dna(const DnaSource& dna, std::int64_t batch, std::uint32_t* rows, Stream stream) {
  pack_dna<false>(dna, batch, rows, stream);
}

void both_strands(const DnaSource& dna, std::int64_t batch, std::uint32_t* rows, Stream stream) {
  pack_dna<true>(dna, batch, rows, stream);
}

}  // namespace genocuda::kernels
