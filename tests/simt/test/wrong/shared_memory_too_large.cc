// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void share_too_much(float* y) {
  KERNEL_SHARED(float, tile, [13000]);  // wrong
  tile[threadIdx.x] = 0;
  y[threadIdx.x] = tile[threadIdx.x];
}

}  // namespace

void shared_memory_too_large(const float*, float* out) { launch(share_too_much, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
