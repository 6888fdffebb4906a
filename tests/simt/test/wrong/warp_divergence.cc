// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void shuffle_by_halves(float* y) {
  float v = static_cast<float>(threadIdx.x);
  if (threadIdx.x < 16) {
    v = __shfl_sync(0xffffffffu, v, 1);  // wrong
  } else {
    v = __shfl_sync(0xffffffffu, v, 2);  // wrong
  }
  y[threadIdx.x] = v;
}

}  // namespace

void warp_divergence(const float*, float* out) { launch(shuffle_by_halves, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
