// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void read_past_dynamic(float* y) {
  KERNEL_DYNAMIC_SHARED(float, tile);
  tile[threadIdx.x] = 1;
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x + 1];  // wrong
}

}  // namespace

void dynamic_out_of_bounds(const float*, float* out) {
  launch(read_past_dynamic, 1, 32, 32 * sizeof(float), nullptr, out);
}

}  // namespace simt::wrong
