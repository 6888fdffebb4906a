// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void write_past_shared(float* y) {
  KERNEL_SHARED(float, tile, [32]);
  const unsigned i = threadIdx.x;
  float* row = tile;
  row[i + i / 31] = 1;  // wrong
  __syncthreads();
  y[i] = row[31 - i];
}

}  // namespace

void shared_out_of_bounds(const float*, float* out) { launch(write_past_shared, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
