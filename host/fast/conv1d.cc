// SPDX-License-Identifier: Apache-2.0
#include "core/ops/conv1d.h"

#include "host/fast/onednn.h"
#include "host/fast/rows.h"

namespace genocuda::fast {

#ifdef GENOCUDA_HAVE_ONEDNN

namespace {

/// `x` [batch, length, in] and `y` [batch, out_length, out] of a convolution or of its gradients.
ConvolutionShape convolution_shape(const Shape& x, const Shape& y, const SlidingWindow& window) {
  return {.batch = x[0], .length = x[1], .in = x[2], .out = y[2], .out_length = y[1], .window = window};
}

template <ConvolutionPass kPass>
Prepared prepare(const Problem& problem) {
  const Shape &a = problem.inputs[0].shape, &b = problem.inputs[1].shape, &result = problem.outputs[0].shape;
  const SlidingWindow& window = problem.attribute<ops::Conv1dAttributes>().window;
  const OnednnConvolution convolution(kPass, kPass == ConvolutionPass::forward ? convolution_shape(a, result, window)
                                             : kPass == ConvolutionPass::backward_input
                                                 ? convolution_shape(result, a, window)
                                                 : convolution_shape(a, b, window));
  return {[convolution](const RunContext& context) {
            convolution.run(context.inputs[0].as<float>(), context.inputs[1].as<float>(),
                            context.outputs[0].as<float>(), context.scratch);
          },
          convolution.scratch_bytes()};
}

}  // namespace

void add_conv1d(ImplementationTable& table) {
  table.add(ops::kConv1d, {"onednn", is_plain_float, prepare<ConvolutionPass::forward>});
  table.add(ops::kConv1dBackwardInput, {"onednn", is_plain_float, prepare<ConvolutionPass::backward_input>});
  table.add(ops::kConv1dBackwardFilters, {"onednn", is_plain_float, prepare<ConvolutionPass::backward_filters>});
}

#else

void add_conv1d(ImplementationTable&) {}

#endif

}  // namespace genocuda::fast
