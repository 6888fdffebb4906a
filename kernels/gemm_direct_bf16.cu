// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_direct.cuh"

namespace genocuda::kernels {

void gemm_direct_bf16(const Gemm& gemm, const GemmPlan& plan, Stream stream) { gemm_direct<bf16>(gemm, plan, stream); }

}  // namespace genocuda::kernels
