// SPDX-License-Identifier: Apache-2.0
#include "core/ops/affine.h"

#include "cuda/ops/activation_function.h"
#include "cuda/ops/gemm_rows.h"
#include "kernels/matmul.h"

namespace genocuda::cuda {
namespace {

using kernels::Arithmetic;

kernels::Epilogue epilogue(const TensorView& bias, const std::optional<ops::ActivationAttributes>& activation) {
  kernels::Epilogue result{.bias = bias.data};
  if (activation) result.activation = function_of(*activation);
  return result;
}

template <Arithmetic kArithmetic>
struct DenseActivation {
  using Attributes = ops::DenseActivationAttributes;
  static kernels::Matmul shape(const Shape& a, const Shape& y) { return {y[0], y[1], a[1], false, false}; }
  static kernels::Matmul shape(const Problem& problem) {
    return shape(problem.inputs[0].shape, problem.outputs[0].shape);
  }
  static bool supports(const Problem& problem) {
    return allows(problem, kArithmetic) && (kArithmetic == Arithmetic::fp32 || !kernels::has_few_rows(shape(problem)));
  }
  static std::size_t scratch(const Problem& problem) {
    return kernels::matmul_scratch_bytes(shape(problem), kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &a = context.inputs[0], &b = context.inputs[1], &y = context.outputs[0];
    kernels::matmul(shape(a.shape(), y.shape()), kArithmetic, storage_of(a), a.data, b.data, y.data,
                    epilogue(context.inputs[2], attributes.activation), context.scratch, stream);
  }
};

template <Arithmetic kArithmetic>
struct Conv1dActivation {
  using Attributes = ops::Conv1dActivationAttributes;
  static bool supports(const Problem& problem) { return allows(problem, kArithmetic); }
  static std::size_t scratch(const Problem& problem) {
    return kernels::conv1d_scratch_bytes(
        convolution(problem.attribute<Attributes>().window, problem.inputs[0].shape, problem.outputs[0].shape),
        kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &filters = context.inputs[1], &y = context.outputs[0];
    kernels::conv1d(convolution(attributes.window, x.shape(), y.shape()), kArithmetic, storage_of(x), x.data,
                    filters.data, y.data, epilogue(context.inputs[2], attributes.activation), context.scratch, stream);
  }
};

}  // namespace

void add_affine(ImplementationTable& table) {
  add_gemm_rows<DenseActivation>(table, ops::kDenseActivation);
  add_gemm_rows<Conv1dActivation>(table, ops::kConv1dActivation);
}

}  // namespace genocuda::cuda
