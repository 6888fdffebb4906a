// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_mma.cuh"

namespace genocuda::kernels {

void gemm_mma_f32_bf16(const Gemm& gemm, const GemmPlan& plan, Stream stream) {
  gemm_mma<float, Arithmetic::bf16>(gemm, plan, stream);
}

}  // namespace genocuda::kernels
