// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void copy_past_the_end(const float* x, float* y) {
  KERNEL_SHARED(alignas(16) float, tile, [124]);
  const unsigned i = threadIdx.x;
  ptx::cp_async16(tile + 4 * i, x + 4 * i);  // wrong
  ptx::cp_async_commit();
  ptx::cp_async_wait<0>();
  y[i] = tile[4 * i];
}

}  // namespace

void async_copy_outside_of_shared(const float* zeros, float* out) {
  launch(copy_past_the_end, 1, 32, 0, nullptr, zeros, out);
}

}  // namespace simt::wrong
