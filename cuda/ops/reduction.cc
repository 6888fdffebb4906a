// SPDX-License-Identifier: Apache-2.0
#include "kernels/reduction.h"

#include "core/ops/reduction.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::SumShape extents(const ops::SumAttributes& attributes, const Shape& x) {
  return {x.product(0, attributes.first), x.product(attributes.first, attributes.last),
          x.product(attributes.last, x.rank())};
}

struct Sum {
  using Attributes = ops::SumAttributes;
  static std::size_t scratch(const Problem& problem) {
    const TensorType& x = problem.inputs[0];
    return kernels::sum_scratch(extents(problem.attribute<Attributes>(), x.shape), storage_of(TensorView{x}));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    kernels::sum(extents(attributes, x.shape()), storage_of(x), x.data, storage_of(y), y.data, context.scratch, stream);
  }
};

struct Broadcast {
  using Attributes = ops::BroadcastAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    kernels::broadcast(x.shape().product(0, attributes.first), attributes.extents.elements(),
                       x.shape().product(attributes.first, x.shape().rank()), storage_of(x), x.data, y.data, stream);
  }
};

}  // namespace

void add_reduction(ImplementationTable& table) {
  table.add(ops::kSum, row<Sum>());
  table.add(ops::kBroadcast, row<Broadcast>());
}

}  // namespace genocuda::cuda
