// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void write_by_column(float* y) {
  y[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<float>(blockIdx.y);  // wrong
}

}  // namespace

void race_of_rows_of_blocks(const float*, float* out) { launch(write_by_column, dim3(2, 2), 64, 0, nullptr, out); }

}  // namespace simt::wrong
