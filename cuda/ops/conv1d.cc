// SPDX-License-Identifier: Apache-2.0
#include "core/ops/conv1d.h"
#include "cuda/ops/gemm_rows.h"

namespace genocuda::cuda {
namespace {

using kernels::Arithmetic;

const SlidingWindow& window_of(const Problem& problem) { return problem.attribute<ops::Conv1dAttributes>().window; }

template <Arithmetic kArithmetic>
struct Conv1d {
  using Attributes = ops::Conv1dAttributes;
  static bool supports(const Problem& problem) { return allows(problem, kArithmetic); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::conv1d_scratch_bytes(
        convolution(window_of(problem), problem.inputs[0].shape, problem.outputs[0].shape), kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &filters = context.inputs[1], &y = context.outputs[0];
    kernels::conv1d(convolution(attributes.window, x.shape(), y.shape()), kArithmetic, storage_of(x), x.data,
                    filters.data, y.data, {}, context.scratch, stream);
  }
};

template <Arithmetic kArithmetic>
struct Conv1dBackwardInput {
  using Attributes = ops::Conv1dAttributes;
  static bool supports(const Problem& problem) { return allows(problem, kArithmetic); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::conv1d_backward_input_scratch_bytes(
        convolution(window_of(problem), problem.outputs[0].shape, problem.inputs[0].shape), kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dy = context.inputs[0], &filters = context.inputs[1], &dx = context.outputs[0];
    kernels::conv1d_backward_input(convolution(attributes.window, dx.shape(), dy.shape()), kArithmetic, storage_of(dy),
                                   dy.data, filters.data, dx.data, context.scratch, stream);
  }
};

template <Arithmetic kArithmetic>
struct Conv1dBackwardFilters {
  using Attributes = ops::Conv1dAttributes;
  static bool supports(const Problem& problem) { return allows(problem, kArithmetic); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::conv1d_backward_filters_scratch_bytes(
        convolution(window_of(problem), problem.inputs[0].shape, problem.inputs[1].shape), kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &dy = context.inputs[1];
    kernels::conv1d_backward_filters(convolution(attributes.window, x.shape(), dy.shape()), kArithmetic, storage_of(x),
                                     x.data, dy.data, context.outputs[0].data, context.scratch, stream);
  }
};

}  // namespace

void add_conv1d(ImplementationTable& table) {
  add_gemm_rows<Conv1d>(table, ops::kConv1d);
  add_gemm_rows<Conv1dBackwardInput>(table, ops::kConv1dBackwardInput);
  add_gemm_rows<Conv1dBackwardFilters>(table, ops::kConv1dBackwardFilters);
}

}  // namespace genocuda::cuda
