// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void read_what_others_copied(const float* x, float* y) {
  KERNEL_SHARED(alignas(16) float, tile, [128]);
  const unsigned i = threadIdx.x;
  ptx::cp_async16(&tile[4 * i], x + 4 * i);
  ptx::cp_async_commit();
  ptx::cp_async_wait<0>();
  y[i] = tile[127 - 4 * i];  // wrong
}

}  // namespace

void race_of_async_copy(const float* zeros, float* out) {
  launch(read_what_others_copied, 1, 32, 0, nullptr, zeros, out);
}

}  // namespace simt::wrong
