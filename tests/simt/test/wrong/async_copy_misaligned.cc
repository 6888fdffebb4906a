// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void copy_from_the_second(const float* x, float* y) {
  KERNEL_SHARED(alignas(16) float, tile, [32]);
  ptx::cp_async16(tile, x + 1);  // wrong
  ptx::cp_async_commit();
  ptx::cp_async_wait<0>();
  y[0] = tile[0];
}

}  // namespace

void async_copy_misaligned(const float* zeros, float* out) {
  launch(copy_from_the_second, 1, 1, 0, nullptr, zeros, out);
}

}  // namespace simt::wrong
