// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void wait_in_part(float* y) {
  if (threadIdx.x < 16) __syncthreads();  // wrong
  y[threadIdx.x] = 1;
}

}  // namespace

void barrier_not_reached_by_all(const float*, float* out) { launch(wait_in_part, 1, 64, 0, nullptr, out); }

}  // namespace simt::wrong
