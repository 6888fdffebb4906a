// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void read_what_the_next_lane_writes(float* y) {
  KERNEL_SHARED(float, tile, [32]);
  const unsigned i = threadIdx.x;
  tile[i] = static_cast<float>(i);
  y[i] = tile[(i + 1) % 32];  // wrong
}

}  // namespace

void race_without_syncwarp(const float*, float* out) { launch(read_what_the_next_lane_writes, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
