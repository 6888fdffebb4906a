// SPDX-License-Identifier: Apache-2.0
#include "kernels/one_hot.h"

#include "core/ops/one_hot.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::DnaSource rows_of(const TensorView& dna) { return kernels::dna_rows(dna.data, dna.shape()[1]); }

struct OneHot {
  using Attributes = ops::OneHotAttributes;
  static bool supports(const Problem& problem) { return is_storable(problem.outputs[0].dtype); }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &y = context.outputs[0];
    kernels::one_hot(rows_of(dna), dna.shape()[0], attributes.unknown == UnknownBase::quarters, storage_of(y), y.data,
                     stream);
  }
};

struct BothStrands {
  using Attributes = NoAttributes;
  static bool supports(const Problem&) { return true; }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView& dna = context.inputs[0];
    kernels::both_strands(rows_of(dna), dna.shape()[0], context.outputs[0].as<std::uint32_t>(), stream);
  }
};

}  // namespace

void add_one_hot(ImplementationTable& table) {
  table.add(ops::kOneHot, row<OneHot>());
  table.add(ops::kBothStrands, row<BothStrands>());
}

}  // namespace genocuda::cuda
