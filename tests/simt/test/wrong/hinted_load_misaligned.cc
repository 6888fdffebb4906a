// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void load_four_from_the_second(const float* x, float* y) {
  const float4 v = __ldg(reinterpret_cast<const float4*>(x + 1));  // wrong
  y[threadIdx.x] = v.x;
}

}  // namespace

void hinted_load_misaligned(const float* zeros, float* out) {
  launch(load_four_from_the_second, 1, 32, 0, nullptr, zeros, out);
}

}  // namespace simt::wrong
