// SPDX-License-Identifier: Apache-2.0
#include "kernels/kmers.h"

#include <thrust/adjacent_difference.h>
#include <thrust/binary_search.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include "kernels/dna.h"
#include "kernels/thrust_policy.cuh"

namespace genocuda::kernels {
namespace {

/// The number of window i; 4^k, past all of them, where it has an unknown base.
struct NumberOfWindow {
  const std::uint32_t* rows;
  std::int64_t length, per_row;
  int k;
  bool canonical;

  KERNEL_BOTH std::uint32_t operator()(std::int64_t i) const {
    const std::int64_t code_words = dna_code_words(length), row_words = dna_row_words(length);
    const std::uint32_t* row = rows + i / per_row * row_words;
    const std::int64_t position = i % per_row;
    if (bits(row + code_words, row_words - code_words, position, k) != 0) return 1u << 2 * k;
    // The first base is in the lowest bits here, so that complementing gives the reverse complement's number.
    const std::uint32_t codes = bits(row, code_words, 2 * position, 2 * k);
    const std::uint32_t forward = reversed_pairs(codes) >> (32 - 2 * k);
    const std::uint32_t reverse = ~codes & ((1u << 2 * k) - 1);
    return canonical && reverse < forward ? reverse : forward;
  }

 private:
  /// `count` (up to 31) bits of an array of words from bit `first` on.
  static KERNEL_BOTH std::uint32_t bits(const std::uint32_t* words, std::int64_t size, std::int64_t first, int count) {
    const std::int64_t word = first / 32;
    const std::uint64_t upper = word + 1 < size ? words[word + 1] : 0;
    return static_cast<std::uint32_t>((upper << 32 | words[word]) >> first % 32) & ((1u << count) - 1);
  }
  /// The sixteen pairs of bits in reverse order.
  static KERNEL_BOTH std::uint32_t reversed_pairs(std::uint32_t x) {
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
    x = (x >> 8 & 0x00ff00ffu) | (x & 0x00ff00ffu) << 8;
    return x >> 16 | x << 16;
  }
};

/// The numbers of all windows, in order, and where those with an unknown base begin.
struct SortedNumbers {
  std::uint32_t *begin, *end;
};

SortedNumbers sort_numbers(const KmerWindows& windows, void* scratch, Stream stream) {
  const auto policy = thrust_policy(stream);
  auto* numbers = static_cast<std::uint32_t*>(scratch);
  const auto indices = thrust::make_counting_iterator<std::int64_t>(0);
  const NumberOfWindow number{windows.rows, windows.length, windows.per_row(), windows.k, windows.canonical};
  thrust::transform(policy, indices, indices + windows.count(), numbers, number);
  thrust::sort(policy, numbers, numbers + windows.count());
  const auto unknown = static_cast<std::uint32_t>(windows.words());
  return {numbers, thrust::lower_bound(policy, numbers, numbers + windows.count(), unknown)};
}

}  // namespace

void count_kmers(const KmerWindows& windows, std::int64_t* table, void* scratch, Stream stream) {
  const auto policy = thrust_policy(stream);
  const SortedNumbers sorted = sort_numbers(windows, scratch, stream);
  const auto words = thrust::make_counting_iterator<std::uint32_t>(0);
  // How many numbers are not above each word; neighbours' differences are the counts.
  thrust::upper_bound(policy, sorted.begin, sorted.end, words, words + windows.words(), table);
  thrust::adjacent_difference(policy, table, table + windows.words(), table);
}

std::int64_t list_kmers(const KmerWindows& windows, std::uint32_t* kmers, std::int64_t* counts, void* scratch,
                        Stream stream) {
  const SortedNumbers sorted = sort_numbers(windows, scratch, stream);
  const auto ends = thrust::reduce_by_key(thrust_policy(stream), sorted.begin, sorted.end,
                                          thrust::make_constant_iterator<std::int64_t>(1), kmers, counts);
  return ends.first - kmers;
}

std::size_t kmer_scratch(const KmerWindows& windows) {
  return static_cast<std::size_t>(windows.count()) * sizeof(std::uint32_t);
}

}  // namespace genocuda::kernels
