// SPDX-License-Identifier: Apache-2.0
#include "core/ops/kmer_counts.h"

#include <algorithm>

#include "core/kmers.h"
#include "host/reference/reference.h"
#include "host/reference/sequences.h"

namespace genocuda::reference {
namespace {

struct KmerCounts {
  using Attributes = ops::KmerCountsAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const int k = attributes.k;
    const std::int64_t bins = context.outputs[0].shape()[1];
    std::fill_n(context.outputs[0].as<T>(), context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      T* counts = context.outputs[0].as<T>() + b * bins;
      for (std::int64_t first = 0; first + k <= dna.length; ++first) {
        std::uint32_t word = 0;
        bool known = true;
        for (int i = 0; i < k; ++i) {
          const std::uint8_t code = dna.code(b, first + i);
          known = known && code < dna::kBases;
          word = word << 2 | (code & 3u);
        }
        if (known) counts[kmers::bin_of(word, k, attributes.canonical)] += 1;
      }
    }
  }
};

}  // namespace

void add_kmer_counts(ImplementationTable& table) { table.add(ops::kKmerCounts, implementation<KmerCounts>()); }

}  // namespace genocuda::reference
