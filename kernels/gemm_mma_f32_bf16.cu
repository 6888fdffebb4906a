// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_mma.cuh"

namespace genocuda::kernels {

void gemm_mma_f32_bf16(const Gemm& gemm, const GemmSplit& split, Stream stream) {
  gemm_mma<float, Arithmetic::bf16>(gemm, split, stream);
}

}  // namespace genocuda::kernels
