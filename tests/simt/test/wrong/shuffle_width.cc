// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void shuffle_among_twelve(float* y) {
  y[threadIdx.x] = __shfl_down_sync(0xffffffffu, 1.0f, 1, 12);  // wrong
}

}  // namespace

void shuffle_width(const float*, float* out) { launch(shuffle_among_twelve, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
