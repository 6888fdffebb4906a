// SPDX-License-Identifier: Apache-2.0
// Right kernels of the same kinds as the wrong ones: right results and no report, in every order, with one and two
// workers, and under every sanitizer.
#include <gtest/gtest.h>
#include <simt/ptx.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "simt/test/with_options.h"

namespace simt {
namespace {

std::vector<float> counting(std::size_t size) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

__global__ void reverse_in_shared(const float* x, float* y) {
  KERNEL_SHARED(float, tile, [64]);
  const unsigned i = threadIdx.x, block = blockIdx.x * 64;
  float sum = 0;
  for (int step = 0; step < 3; ++step) {
    tile[i] = x[block + i];
    __syncthreads();
    sum += tile[63 - i];
    __syncthreads();
  }
  y[block + i] = sum;
}

TEST(RightKernels, BarriersBetweenWriteAndRead) {
  for_all_options([] {
    const std::vector<float> x = counting(256);
    std::vector<float> y(256);
    launch(reverse_in_shared, 4, 64, 0, nullptr, x.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], 3 * x[i / 64 * 64 + 63 - i % 64]);
  });
}

__global__ void rotate_in_warps(const float* x, float* y) {
  KERNEL_DYNAMIC_SHARED(float, tile);
  const unsigned i = threadIdx.x, first = i / 32 * 32, block = blockIdx.x * blockDim.x;
  for (int step = 0; step < 2; ++step) {
    tile[i] = x[block + i];
    __syncwarp();
    y[block + i] = tile[first + (i + 1) % 32];
    __syncwarp();
  }
}

TEST(RightKernels, SyncwarpWithinAWarp) {
  for_all_options([] {
    const std::vector<float> x = counting(128);
    std::vector<float> y(128);
    launch(rotate_in_warps, 2, 64, 64 * sizeof(float), nullptr, x.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], x[i / 32 * 32 + (i + 1) % 32]);
  });
}

__global__ void rotate_in_halves(float* y) {
  KERNEL_SHARED(unsigned, tile, [32]);
  const unsigned i = threadIdx.x;
  tile[i] = i;
  if (i < 16) {
    __syncwarp(0x0000ffffu);
    y[i] = static_cast<float>(tile[(i + 1) % 16]);
  } else {
    __syncwarp(0xffff0000u);
    y[i] = static_cast<float>(tile[16 + (i + 1) % 16]);
  }
}

TEST(RightKernels, HalvesOfAWarpBySeparateMasks) {
  for_all_options([] {
    std::vector<float> y(32);
    launch(rotate_in_halves, 1, 32, 0, nullptr, y.data());
    for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(y[i], static_cast<float>(i / 16 * 16 + (i + 1) % 16));
  });
}

__global__ void copy_in_stages(const float* x, float* y, int tiles) {
  KERNEL_SHARED(alignas(16) float, tile, [2][128]);
  const unsigned i = threadIdx.x;
  const auto fetch = [&](int t) {
    if (t < tiles) ptx::cp_async16(&tile[t % 2][4 * i], x + 128 * t + 4 * i);
    ptx::cp_async_commit();
  };
  fetch(0);
  for (int t = 0; t < tiles; ++t) {
    fetch(t + 1);
    ptx::cp_async_wait<1>();
    __syncthreads();
    for (unsigned k = 0; k < 4; ++k) y[128 * t + 4 * i + k] = tile[t % 2][127 - 4 * i - k];
    __syncthreads();
  }
}

TEST(RightKernels, PipelineOfAsyncCopies) {
  for_all_options([] {
    const std::vector<float> x = counting(640);
    std::vector<float> y(640);
    launch(copy_in_stages, 1, 32, 0, nullptr, x.data(), y.data(), 5);
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], x[i / 128 * 128 + 127 - i % 128]);
  });
}

__global__ void read_before_the_wait(const float* x, float* y) {
  KERNEL_SHARED(alignas(16) float, tile, [4]);
  for (float& value : tile) value = 5;
  ptx::cp_async16(tile, x);
  ptx::cp_async_commit();
  y[0] = tile[0];
  ptx::cp_async_wait<0>();
  y[1] = tile[0];
}

TEST(RightKernels, AsyncCopiesAreNanUntilTheWait) {
  const std::vector<float> x = counting(4);
  std::vector<float> y(2);
  launch(read_before_the_wait, 1, 1, 0, nullptr, x.data(), y.data());
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], 1);
}

__global__ void add_by_last_block(const float* x, float* partial, unsigned* ticket, float* sum) {
  KERNEL_SHARED(bool, last, [1]);
  partial[blockIdx.x] = x[blockIdx.x];
  __threadfence();
  if (threadIdx.x == 0) last[0] = atomicAdd(ticket, 1u) + 1 == gridDim.x;
  __syncthreads();
  if (!last[0]) return;
  __threadfence();
  if (threadIdx.x == 0) {
    for (unsigned i = 0; i < gridDim.x; ++i) *sum += partial[i];
    atomicExch(ticket, 0u);
  }
}

TEST(RightKernels, LastBlockAddsWhatAFenceHasPublished) {
  for_all_options([] {
    const std::vector<float> x = counting(9);
    std::vector<float> partial(9);
    unsigned ticket = 0;
    float sum = 0;
    // One thread a block writes; all take part in what follows.
    launch(add_by_last_block, 9, 1, 0, nullptr, x.data(), partial.data(), &ticket, &sum);
    EXPECT_EQ(sum, 45);
  });
}

__global__ void histogram(const unsigned* x, unsigned* counts, float* sum) {
  atomicAdd(counts + x[blockIdx.x * blockDim.x + threadIdx.x], 1u);
  atomicAdd(sum, 1.0f);
}

TEST(RightKernels, AtomicsAmongBlocks) {
  for_all_options([] {
    std::vector<unsigned> x(256), counts(3);
    for (unsigned i = 0; i < x.size(); ++i) x[i] = i % 3;
    float sum = 0;
    launch(histogram, 4, 64, 0, nullptr, x.data(), counts.data(), &sum);
    EXPECT_EQ(counts, (std::vector<unsigned>{86, 85, 85}));
    EXPECT_EQ(sum, 256);
  });
}

__global__ void count_in_barriers(int* out) {
  const int i = static_cast<int>(threadIdx.x);
  const int multiples = __syncthreads_count(i % 3 == 0);
  const int all = __syncthreads_and(i < 40), any = __syncthreads_or(i == 39), none = __syncthreads_or(0);
  out[i] = multiples * 1000 + __syncthreads_and(i < 39) * 100 + all * 10 + any + none * 10000;
}

TEST(RightKernels, BarriersThatCount) {
  for_all_options([] {
    std::vector<int> out(40);  // a warp and a quarter
    launch(count_in_barriers, 1, 40, 0, nullptr, out.data());
    EXPECT_EQ(out, std::vector<int>(40, 14011));
  });
}

__global__ void sum_of_block(const float* x, float* y, int n) {
  KERNEL_SHARED(float, of_warps, [32]);
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) sum += x[i];
  for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(kAllLanes, sum, step);
  if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x >= 32) return;
  sum = threadIdx.x < blockDim.x / 32 ? of_warps[threadIdx.x] : 0;
  for (int step = 16; step > 0; step /= 2) sum += __shfl_down_sync(kAllLanes, sum, static_cast<unsigned>(step));
  if (threadIdx.x == 0) *y = sum;
}

TEST(RightKernels, SumByShuffles) {
  for_all_options([] {
    const std::vector<float> x = counting(1000);
    float y = 0;
    launch(sum_of_block, 1, 128, 0, nullptr, x.data(), &y, 1000);
    EXPECT_EQ(y, 500500);
  });
}

__global__ void two_arrays(float* y) {
  KERNEL_SHARED(float, first, [3]);
  KERNEL_SHARED(float, second, [2][2]);
  if (threadIdx.x < 3) first[threadIdx.x] = static_cast<float>(threadIdx.x);
  second[threadIdx.x / 2][threadIdx.x % 2] = 10;
  __syncthreads();
  y[threadIdx.x] = first[threadIdx.x % 3] + second[1][threadIdx.x % 2];
}

TEST(RightKernels, ArraysOfSharedMemoryAreApart) {
  for_all_options([] {
    std::vector<float> y(4);
    launch(two_arrays, 1, 4, 0, nullptr, y.data());
    EXPECT_EQ(y, (std::vector<float>{10, 11, 12, 10}));
  });
}

}  // namespace
}  // namespace simt
