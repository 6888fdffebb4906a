// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void return_early(float* y, unsigned n) {
  const unsigned i = threadIdx.x;
  if (i >= n) return;
  y[i] = __shfl_xor_sync(0xffffffffu, static_cast<float>(i), 1);  // wrong
}

}  // namespace

void lane_returned(const float*, float* out) { launch(return_early, 1, 32, 0, nullptr, out, 20u); }

}  // namespace simt::wrong
