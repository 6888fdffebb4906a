// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.h"

#include "core/ops/batch_norm.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::BatchNorm extents(const ops::BatchNormAttributes& attributes, const TensorView& x, const TensorView& gamma) {
  const Shape& shape = x.shape();
  return {shape.product(0, shape.rank() - 1), shape[-1], attributes.epsilon, storage_of(x), storage_of(gamma)};
}

/// What there is one of a channel is stored like x or in float; `x` is the place of x among the inputs.
bool has_fitting_storage(const Problem& problem, std::size_t x) {
  return is_storable(problem.inputs[x].dtype) && is_storable(problem.inputs[x + 1].dtype);
}

struct BatchNorm {
  using Attributes = ops::BatchNormAttributes;
  static bool supports(const Problem& problem) { return has_fitting_storage(problem, 0); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::batch_norm_scratch(
        extents(problem.attribute<Attributes>(), TensorView{problem.inputs[0]}, TensorView{problem.inputs[1]}));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const auto in = context.inputs, out = context.outputs;
    kernels::batch_norm(extents(attributes, in[0], in[1]), in[0].data, in[1].data, in[2].data, out[0].data, out[1].data,
                        out[2].data, context.scratch, stream);
  }
};

struct BatchNormInference {
  using Attributes = ops::BatchNormAttributes;
  static bool supports(const Problem& problem) { return has_fitting_storage(problem, 0); }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const auto in = context.inputs;
    kernels::batch_norm_inference(extents(attributes, in[0], in[1]), in[0].data, in[1].data, in[2].data, in[3].data,
                                  in[4].data, context.outputs[0].data, stream);
  }
};

struct BatchNormBackward {
  using Attributes = ops::BatchNormAttributes;
  static bool supports(const Problem& problem) { return has_fitting_storage(problem, 1); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::batch_norm_scratch(
        extents(problem.attribute<Attributes>(), TensorView{problem.inputs[1]}, TensorView{problem.inputs[2]}));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const auto in = context.inputs, out = context.outputs;
    kernels::batch_norm_backward(extents(attributes, in[1], in[2]), attributes.training, in[0].data, in[1].data,
                                 in[2].data, in[3].data, in[4].data, out[0].data, out[1].data, out[2].data,
                                 context.scratch, stream);
  }
};

}  // namespace

void add_batch_norm(ImplementationTable& table) {
  table.add(ops::kBatchNorm, row<BatchNorm>());
  table.add(ops::kBatchNormInference, row<BatchNormInference>());
  table.add(ops::kBatchNormBackward, row<BatchNormBackward>());
}

}  // namespace genocuda::cuda
