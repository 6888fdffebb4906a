// SPDX-License-Identifier: Apache-2.0
#include "simt/test/wrong/wrong_kernels.h"

namespace simt::wrong {
namespace {

__global__ void load_four_of_an_array_of_one(float* y) {
  KERNEL_SHARED(float, tile, [32]);  // on a GPU, behind whatever comes before it
  tile[threadIdx.x] = 1;
  __syncthreads();
  y[threadIdx.x] = reinterpret_cast<const float4*>(tile)->x;  // wrong
}

}  // namespace

void shared_misaligned(const float*, float* out) { launch(load_four_of_an_array_of_one, 1, 32, 0, nullptr, out); }

}  // namespace simt::wrong
