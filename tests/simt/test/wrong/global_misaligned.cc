// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void load_from_the_second(const float* x, float* y) {
  y[threadIdx.x] = reinterpret_cast<const float4*>(x + 1)->w;  // wrong
}

}  // namespace

void global_misaligned(const float* zeros, float* out) { launch(load_from_the_second, 1, 32, 0, nullptr, zeros, out); }

}  // namespace simt::wrong
