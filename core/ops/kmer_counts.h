// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/graph.h"

/// Bags of words: DNA without its order.
namespace genocuda {

/// How often each word of `k` bases occurs: dna [batch, length] -> [batch, kmers::bins(k, canonical)] of `dtype`, by
/// kmers::bin_of (core/kmers.h). `canonical`: a word and its reverse complement count as one, so that both strands give
/// the same counts. Words with an unknown base count for none. k from 1 to kmers::kLongest, at most the length.
Value kmer_counts(Value dna, int k, bool canonical, DType dtype = DType::f32);

namespace ops {
extern const Operator kKmerCounts;
struct KmerCountsAttributes {
  int k = 1;
  bool canonical = false;
  DType dtype = DType::f32;
};
}  // namespace ops

}  // namespace genocuda
