// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void overwrite_what_is_read(float* y) {
  KERNEL_SHARED(float, tile, [64]);
  const unsigned i = threadIdx.x;
  float sum = 0;
  for (unsigned step = 0; step < 3; ++step) {
    tile[i] = static_cast<float>(i * step);  // wrong
    __syncthreads();
    sum += tile[63 - i];
  }
  y[i] = sum;
}

}  // namespace

void race_without_second_syncthreads(const float*, float* out) {
  launch(overwrite_what_is_read, 1, 64, 0, nullptr, out);
}

}  // namespace simt::wrong
