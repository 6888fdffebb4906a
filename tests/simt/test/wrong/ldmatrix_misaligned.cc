// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void load_matrices_of_odd_rows(float* y) {
  KERNEL_SHARED(alignas(16) unsigned short, tile, [32][9]);
  std::uint32_t r[4];
  ptx::ldmatrix_x4(r, tile[threadIdx.x]);  // wrong
  y[threadIdx.x] = static_cast<float>(r[0]);
}

}  // namespace

void ldmatrix_misaligned(const float*, float* out) { launch(load_matrices_of_odd_rows, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
