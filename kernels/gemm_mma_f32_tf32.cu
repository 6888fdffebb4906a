// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_mma.cuh"

namespace genocuda::kernels {

void gemm_mma_f32_tf32(const Gemm& gemm, const GemmSplit& split, Stream stream) {
  gemm_mma<float, Arithmetic::tf32>(gemm, split, stream);
}

}  // namespace genocuda::kernels
