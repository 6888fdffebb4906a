// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void wait_for_each_other(float* y) {
  if (threadIdx.x == 40) {
    __syncwarp();  // wrong
  } else {
    __syncthreads();  // wrong
  }
  y[threadIdx.x] = 1;
}

}  // namespace

void deadlock(const float*, float* out) { launch(wait_for_each_other, 1, 64, 0, nullptr, out); }

}  // namespace simt::wrong
