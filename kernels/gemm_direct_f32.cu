// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_direct.cuh"

namespace genocuda::kernels {

void gemm_direct_f32(const Gemm& gemm, const GemmSplit& split, Stream stream) {
  gemm_direct<float>(gemm, split, stream);
}

}  // namespace genocuda::kernels
