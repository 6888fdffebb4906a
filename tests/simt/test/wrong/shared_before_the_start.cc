// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void read_the_left_neighbour(float* y) {
  KERNEL_SHARED(float, tile, [32]);
  const int i = static_cast<int>(threadIdx.x);
  const float* row = tile;
  tile[i] = 1;
  __syncthreads();
  y[i] = row[i - 1];  // wrong
}

}  // namespace

void shared_before_the_start(const float*, float* out) { launch(read_the_left_neighbour, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
