// SPDX-License-Identifier: Apache-2.0
// Layers that read the bases themselves, not their numbers.
#include "core/kmers.h"
#include "core/ops/checks.h"
#include "core/ops/kmer_counts.h"
#include "core/ops/one_hot.h"
#include "core/ops/rearrange.h"
#include "learn/model/layer_type.h"

namespace genocuda {
namespace {

/// The sequences that `numbers` encodes.
Value bases_of(Value numbers) {
  const Node& node = numbers.graph().node(numbers.id().node);
  ops::require(node.op == &ops::kOneHot, "kmers counts words of bases: it reads \"dna\", not the result of a layer");
  return numbers.graph().value(node.inputs[0]);
}

Signal build_kmers(LayerContext& context, std::span<const Signal> inputs) {
  const Value dna = bases_of(inputs[0].value);
  const bool canonical = get_boolean(context.settings(), "canonical", true);
  std::vector<Value> counts;
  for (const double k : get_numbers(context.settings(), "k")) {
    counts.push_back(kmer_counts(dna, static_cast<int>(k), canonical, context.options.dtype));
  }
  return inputs[0].seen_whole(counts.size() == 1 ? counts[0] : concat(counts));
}

}  // namespace

std::vector<LayerType> word_layers() {
  return {{.name = "kmers",
           .keys = {{.key = "k", .kind = SettingKind::integers, .required = true, .least = 1, .most = kmers::kLongest},
                    {.key = "canonical", .kind = SettingKind::boolean}},
           .build = build_kmers}};
}

}  // namespace genocuda
