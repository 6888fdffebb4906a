// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void copy_without_end(const float* x, float* y) {
  KERNEL_SHARED(float, tile, [32]);
  for (int i = 0; i < 1000; ++i) {
    ptx::cp_async4(tile, x);  // wrong
    ptx::cp_async_commit();
  }
  ptx::cp_async_wait<0>();
  y[0] = tile[0];
}

}  // namespace

void async_copy_too_many(const float* zeros, float* out) { launch(copy_without_end, 1, 1, 0, nullptr, zeros, out); }

}  // namespace simt::wrong
