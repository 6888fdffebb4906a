// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void read_what_others_write(float* y) {
  KERNEL_SHARED(float, tile, [64]);
  const unsigned i = threadIdx.x;
  tile[i] = static_cast<float>(i);
  y[i] = tile[63 - i];  // wrong
}

}  // namespace

void race_without_syncthreads(const float*, float* out) { launch(read_what_others_write, 1, 64, 0, nullptr, out); }

}  // namespace simt::wrong
