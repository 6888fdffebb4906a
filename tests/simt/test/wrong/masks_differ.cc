// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void vote_by_two_masks(float* y) {
  const unsigned mask = threadIdx.x < 31 ? 0xffffffffu : 0xfffffffeu;
  y[threadIdx.x] = static_cast<float>(__ballot_sync(mask, 1));  // wrong
}

}  // namespace

void masks_differ(const float*, float* out) { launch(vote_by_two_masks, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
