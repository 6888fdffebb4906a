// SPDX-License-Identifier: Apache-2.0
#include "kernels/dropout.h"

#include "core/ops/dropout.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

struct Dropout {
  using Attributes = ops::DropoutAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &step = context.inputs[1];
    kernels::dropout(x.elements(), storage_of(x), {attributes.rate, attributes.seed, attributes.layer},
                     step.as<const std::int32_t>(), x.data, context.outputs[0].data, stream);
  }
};

}  // namespace

void add_dropout(ImplementationTable& table) { table.add(ops::kDropout, row<Dropout>()); }

}  // namespace genocuda::cuda
