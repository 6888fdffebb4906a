// SPDX-License-Identifier: Apache-2.0
// What a launch accepts and refuses, what its threads see, and in which orders they run.
#include <gtest/gtest.h>
#include <simt/cuda.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "simt/test/with_options.h"

namespace simt {
namespace {

__global__ void count_visits(unsigned* visits) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  atomicAdd(visits + block * blockDim.x * blockDim.y * blockDim.z + thread, 1u);
}

TEST(Launch, EveryThreadOfEveryBlockRunsOnce) {
  for_all_options([] {
    std::vector<unsigned> visits(3 * 2 * 4 * 5 * 7 * 2);
    launch(count_visits, dim3(3, 2, 4), dim3(5, 7, 2), 0, nullptr, visits.data());
    EXPECT_EQ(visits, std::vector<unsigned>(visits.size(), 1));
  });
}

__global__ void note_block(unsigned* next, unsigned* order) { order[atomicAdd(next, 1u)] = blockIdx.x; }

TEST(Launch, BlocksComeInTheOrderAskedFor) {
  const auto order_of = [](const Options& chosen) {
    const WithOptions with(chosen);
    unsigned next = 0;
    std::vector<unsigned> order(5);
    launch(note_block, 5, 1, 0, nullptr, &next, order.data());
    return order;
  };
  using Blocks = std::vector<unsigned>;
  EXPECT_EQ(order_of({}), (Blocks{0, 1, 2, 3, 4}));
  EXPECT_EQ(order_of({.order = Order::reverse}), (Blocks{4, 3, 2, 1, 0}));
  const Blocks random = order_of({.order = Order::random, .seed = 3});
  EXPECT_EQ(random, order_of({.order = Order::random, .seed = 3}));
  EXPECT_NE(random, (Blocks{0, 1, 2, 3, 4}));
}

__global__ void note_thread(unsigned* next, unsigned* order) {
  order[atomicAdd(next, 1u)] = threadIdx.x;
  __syncthreads();
}

TEST(Launch, ThreadsComeInTheOrderAskedFor) {
  const auto order_of = [](const Options& chosen) {
    const WithOptions with(chosen);
    unsigned next = 0;
    std::vector<unsigned> order(3);
    launch(note_thread, 1, 3, 0, nullptr, &next, order.data());
    return order;
  };
  EXPECT_EQ(order_of({}), (std::vector<unsigned>{0, 1, 2}));
  EXPECT_EQ(order_of({.order = Order::reverse}), (std::vector<unsigned>{2, 1, 0}));
}

__global__ void nothing() {}
__global__ void nothing_with(std::array<char, 5000>) {}

std::string refusal(dim3 grid, dim3 block, std::size_t dynamic_bytes) {
  try {
    launch(nothing, grid, block, dynamic_bytes, nullptr);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Launch, RefusesWhatAGpuRefuses) {
  EXPECT_NE(refusal(0, 32, 0).find("at least one element"), std::string::npos);
  EXPECT_NE(refusal(1, dim3(32, 0), 0).find("at least one element"), std::string::npos);
  EXPECT_NE(refusal(dim3(1, 65536), 32, 0).find("65535"), std::string::npos);
  EXPECT_NE(refusal(dim3(1, 1, 65536), 32, 0).find("65535"), std::string::npos);
  EXPECT_NE(refusal(0x80000000u, 32, 0).find("2147483647"), std::string::npos);
  EXPECT_NE(refusal(1, 1025, 0).find("1024 threads"), std::string::npos);
  EXPECT_NE(refusal(1, dim3(1, 1, 65), 0).find("64 in z"), std::string::npos);
  EXPECT_NE(refusal(1, 32, 227 * 1024 + 1).find("227 KiB"), std::string::npos);
  EXPECT_EQ(refusal(dim3(1, 65535), 1, 0), "");
  EXPECT_EQ(refusal(1, dim3(1, 1, 64), 227 * 1024), "");
  EXPECT_THROW(launch(nothing_with, 1, 1, 0, nullptr, std::array<char, 5000>{}), Error);
}

TEST(Launch, NamesTheKernelThatItRefuses) {
  EXPECT_NE(refusal(0, 32, 0).find("kernel simt::(anonymous namespace)::nothing]"), std::string::npos)
      << refusal(0, 32, 0);
}

__global__ void wait_unless_first(int* out) {
  if (threadIdx.x == 0) return;
  __syncthreads();
  *out = static_cast<int>(threadIdx.x);
}

TEST(Launch, WaitsForReturnedThreadsUnlessLenient) {
  int out = 0;
  EXPECT_THROW(launch(wait_unless_first, 1, 2, 0, nullptr, &out), Error);
  EXPECT_EQ(out, 0);
  const WithOptions with({.lenient = true});
  launch(wait_unless_first, 1, 2, 0, nullptr, &out);
  EXPECT_EQ(out, 1);
}

__global__ void fail_in_block(unsigned block, int* out) {
  KERNEL_SHARED(int, value, [1]);
  value[0] = 1;
  if (blockIdx.x == block) __syncwarp(0);
  atomicAdd(out, 1);
}

TEST(Launch, GoesOnAfterAnError) {
  for_all_options([] {
    int out = 0;
    EXPECT_THROW(launch(fail_in_block, 3, 1, 0, nullptr, 1u, &out), Error);
    out = 0;
    launch(fail_in_block, 3, 1, 0, nullptr, 3u, &out);
    EXPECT_EQ(out, 3);
  });
}

__global__ void read_unwritten(float* out) {
  KERNEL_SHARED(float, fixed, [4]);
  KERNEL_DYNAMIC_SHARED(float, dynamic);
  out[blockIdx.x] = fixed[0] + dynamic[0];
  fixed[0] = dynamic[0] = 1;
}

TEST(Launch, EveryBlockFindsNanInSharedMemory) {
  std::vector<float> out(2);
  launch(read_unwritten, 2, 1, 16, nullptr, out.data());  // the second block after the first's ones
  EXPECT_TRUE(std::isnan(out[0]));
  EXPECT_TRUE(std::isnan(out[1]));
}

}  // namespace
}  // namespace simt
