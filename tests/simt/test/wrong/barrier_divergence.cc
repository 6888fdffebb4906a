// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void wait_by_parity(float* y) {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();  // wrong
    y[threadIdx.x] = 1;
  } else {
    __syncthreads();  // wrong
    y[threadIdx.x] = 2;
  }
}

}  // namespace

void barrier_divergence(const float*, float* out) { launch(wait_by_parity, 1, 64, 0, nullptr, out); }

}  // namespace simt::wrong
