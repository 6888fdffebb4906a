// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void add_all(float* y) {
  y[0] += 1.0f;  // wrong
}

}  // namespace

void race_of_sum(const float*, float* out) { launch(add_all, 1, 64, 0, nullptr, out); }

}  // namespace simt::wrong
