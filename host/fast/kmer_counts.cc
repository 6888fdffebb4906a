// SPDX-License-Identifier: Apache-2.0
#include "core/ops/kmer_counts.h"

#include <algorithm>

#include "core/dna.h"
#include "core/kmers.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// Counts the words of one row; each base shifts the word by one.
void count(const std::uint32_t* row, std::int64_t length, const ops::KmerCountsAttributes& attributes, float* counts) {
  const int k = attributes.k;
  const auto mask = static_cast<std::uint32_t>(kmers::words(k) - 1);
  std::uint32_t word = 0;
  int known = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const std::uint8_t code = dna::get(row, length, i);
    known = code < dna::kBases ? known + 1 : 0;
    word = (word << 2 | (code & 3u)) & mask;
    if (known >= k) counts[kmers::bin_of(word, k, attributes.canonical)] += 1;
  }
}

Prepared prepare(const Problem& problem) {
  const auto attributes = problem.attribute<ops::KmerCountsAttributes>();
  const std::int64_t batch = problem.inputs[0].shape[0], length = problem.inputs[0].shape[1];
  const std::int64_t bins = problem.outputs[0].shape[1];
  return {[=](const RunContext& context) {
    const std::uint32_t* rows = context.inputs[0].as<std::uint32_t>();
    float* counts = context.outputs[0].as<float>();
    parallel_ranges(batch, kGrain / (bins + length), [&](std::int64_t begin, std::int64_t end) {
      std::fill(counts + begin * bins, counts + end * bins, 0.0f);
      for (std::int64_t b = begin; b < end; ++b) {
        count(rows + b * dna::row_words(length), length, attributes, counts + b * bins);
      }
    });
  }};
}

}  // namespace

void add_kmer_counts(ImplementationTable& table) { table.add(ops::kKmerCounts, {"rolling", is_plain_float, prepare}); }

}  // namespace genocuda::fast
