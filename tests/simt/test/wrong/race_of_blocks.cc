// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void write_the_same_row(float* y) {
  __syncthreads();
  y[threadIdx.x] = static_cast<float>(blockIdx.x);  // wrong
  __syncthreads();
}

}  // namespace

void race_of_blocks(const float*, float* out) { launch(write_the_same_row, 2, 64, 0, nullptr, out); }

}  // namespace simt::wrong
