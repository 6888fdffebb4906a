// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul.h"

#include "core/ops/matmul.h"
#include "cuda/ops/gemm_rows.h"

namespace genocuda::cuda {
namespace {

using kernels::Arithmetic;

kernels::Matmul extents(const ops::MatmulAttributes& attributes, const Shape& a, const Shape& y) {
  return {y[0], y[1], a[attributes.transpose_a ? 0 : 1], attributes.transpose_a, attributes.transpose_b};
}

template <Arithmetic kArithmetic>
struct Matmul {
  using Attributes = ops::MatmulAttributes;
  static kernels::Matmul shape(const Problem& problem) {
    return extents(problem.attribute<Attributes>(), problem.inputs[0].shape, problem.outputs[0].shape);
  }
  static bool supports(const Problem& problem) {
    return allows(problem, kArithmetic) && (kArithmetic == Arithmetic::fp32 || !kernels::has_few_rows(shape(problem)));
  }
  static std::size_t scratch(const Problem& problem) {
    return kernels::matmul_scratch_bytes(shape(problem), kArithmetic);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &a = context.inputs[0], &b = context.inputs[1], &y = context.outputs[0];
    kernels::matmul(extents(attributes, a.shape(), y.shape()), kArithmetic, storage_of(a), a.data, b.data, y.data, {},
                    context.scratch, stream);
  }
};

}  // namespace

void add_matmul(ImplementationTable& table) { add_gemm_rows<Matmul>(table, ops::kMatmul); }

}  // namespace genocuda::cuda
