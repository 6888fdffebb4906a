// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void write_one_too_many(float* y, unsigned n) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) y[i] = 1;  // wrong
}

}  // namespace

void global_out_of_bounds(const float*, float* out) { launch(write_one_too_many, 3, 128, 0, nullptr, out, 256u); }

}  // namespace simt::wrong
