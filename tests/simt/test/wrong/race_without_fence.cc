// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void last_block_adds(float* y) {
  auto* ticket = reinterpret_cast<unsigned*>(y + 100);
  y[blockIdx.x] = 1.0f;
  if (atomicAdd(ticket, 1u) + 1 < gridDim.x) return;
  for (unsigned i = 0; i < gridDim.x; ++i) y[101] += y[i];  // wrong
}

}  // namespace

void race_without_fence(const float*, float* out) { launch(last_block_adds, 4, 1, 0, nullptr, out); }

}  // namespace simt::wrong
