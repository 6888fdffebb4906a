// SPDX-License-Identifier: Apache-2.0
#include "kernels/kmer_counts.h"

#include "core/ops/kmer_counts.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

struct KmerCounts {
  using Attributes = ops::KmerCountsAttributes;
  static bool supports(const Problem& problem) { return is_storable(problem.outputs[0].dtype); }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &counts = context.outputs[0];
    kernels::kmer_counts(kernels::dna_rows(dna.data, dna.shape()[1]), dna.shape()[0], attributes.k,
                         attributes.canonical, storage_of(counts), counts.data, stream);
  }
};

}  // namespace

void add_kmer_counts(ImplementationTable& table) { table.add(ops::kKmerCounts, row<KmerCounts>()); }

}  // namespace genocuda::cuda
