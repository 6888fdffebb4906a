// SPDX-License-Identifier: Apache-2.0
#include "core/ops/kmer_counts.h"

#include "core/kmers.h"
#include "core/ops/checks.h"

namespace genocuda {
namespace ops {
namespace {

std::vector<TensorType> infer(const std::any& attributes, std::span<const TensorType> inputs) {
  const auto& [k, canonical, dtype] = std::any_cast<const KmerCountsAttributes&>(attributes);
  require(inputs[0].dtype == DType::dna, "the sequences must be dna, not {}", inputs[0].to_string());
  require_rank(inputs[0], 2, "the sequences");
  require(is_floating(dtype), "the counts must be floating, not {}", name_of(dtype));
  require(k >= 1 && k <= kmers::kLongest, "words have 1 to {} bases, not {}", kmers::kLongest, k);
  require(k <= inputs[0].shape[1], "words of {} bases in sequences of {}", k, inputs[0].shape[1]);
  return {{dtype, {inputs[0].shape[0], kmers::bins(k, canonical)}}};
}

/// Nothing flows back to bases.
std::vector<Value> no_cotangent(const NodeHandle&, std::span<const Value>) { return {Value()}; }

}  // namespace

constinit const Operator kKmerCounts{"kmer_counts", infer, no_cotangent};

}  // namespace ops

Value kmer_counts(Value dna, int k, bool canonical, DType dtype) {
  return dna.graph().apply_one(ops::kKmerCounts, ops::KmerCountsAttributes{k, canonical, dtype}, {dna});
}

}  // namespace genocuda
