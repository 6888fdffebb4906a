// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void multiply_by_half_a_warp(float* y) {
  float d[4] = {};
  const std::uint32_t a[4] = {}, b[2] = {};
  ptx::mma_m16n8k16_bf16(d, a, b);  // wrong
  y[threadIdx.x] = d[0];
}

}  // namespace

void mma_by_part_of_a_warp(const float*, float* out) { launch(multiply_by_half_a_warp, 1, 16, 0, nullptr, out); }

}  // namespace simt::wrong
