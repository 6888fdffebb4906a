// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void copy_and_forget(const float* x, float* y) {
  KERNEL_SHARED(alignas(16) float, tile, [128]);
  const unsigned i = threadIdx.x;
  ptx::cp_async16(&tile[4 * i], x + 4 * i);  // wrong
  ptx::cp_async_commit();
  __syncthreads();
  y[i] = tile[4 * i];
}

}  // namespace

void async_copy_never_awaited(const float* zeros, float* out) {
  launch(copy_and_forget, 1, 32, 0, nullptr, zeros, out);
}

}  // namespace simt::wrong
