// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void shuffle_by_half_a_mask(float* y) {
  const unsigned i = threadIdx.x;
  y[i] = __shfl_sync(0x0000ffffu, static_cast<float>(i), 0);  // wrong
}

}  // namespace

void lane_not_in_mask(const float*, float* out) { launch(shuffle_by_half_a_mask, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
