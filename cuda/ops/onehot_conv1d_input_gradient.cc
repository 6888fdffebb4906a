// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_input_gradient.h"

#include "core/dna.h"
#include "core/ops/conv1d.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

/// dx of a first layer over four bases, as attribution asks for it: too few channels for tiles of a matrix product.
struct InputGradientOfBases {
  using Attributes = ops::Conv1dAttributes;
  static bool supports(const Problem& problem) {
    const SlidingWindow& window = problem.attribute<Attributes>().window;
    return has_one_storage(problem) && problem.precision == Precision::fp32 &&
           problem.inputs[1].shape[1] == dna::kBases && window.stride == 1 && window.dilation == 1;
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dy = context.inputs[0], &filters = context.inputs[1], &dx = context.outputs[0];
    kernels::onehot_conv1d_input_gradient(
        {dx.shape()[0], dx.shape()[1], dy.shape()[1], dy.shape()[2], filters.shape()[0], attributes.window.pad_left},
        storage_of(dy), dy.data, filters.data, dx.data, stream);
  }
};

}  // namespace

void add_onehot_conv1d_input_gradient(ImplementationTable& table) {
  table.add(ops::kConv1dBackwardInput, row<InputGradientOfBases>("direct4"));
}

}  // namespace genocuda::cuda
