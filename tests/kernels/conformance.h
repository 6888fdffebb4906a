// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/stream.h"

/// Instructions of a warp one by one: what kernels/ptx.cuh and CUDA's warp functions do on this device. Arrays hold 32
/// lanes after another; only lanes of `mask` take part, where there is one.
namespace genocuda::kernel_test {

enum class Mma { m16n8k8_tf32, m16n8k16_bf16, m16n8k16_f16 };
/// d = a · b + c, from fragments of 4, 2 and 4 registers a lane.
void run_mma(Mma mma, const std::uint32_t* a, const std::uint32_t* b, const float* c, float* d, kernels::Stream stream);

enum class Ldmatrix { x2, x2_trans, x4, x4_trans };
/// From four matrices of 8 x 8 to 4 registers a lane, or as many as there are.
void run_ldmatrix(Ldmatrix load, const std::uint16_t* matrices, std::uint32_t* registers, kernels::Stream stream);

void run_to_tf32(const float* x, std::uint32_t* bits, kernels::Stream stream);

/// Per lane 16 bytes of which `source_bytes` come from x, and 4 of which as many as there are.
void run_cp_async(const float* x, float* by16, float* by4, int source_bytes, kernels::Stream stream);

enum class Shuffle { index, up, down, exclusive_or };
void run_shuffle(Shuffle shuffle, unsigned mask, const double* x, int argument, int width, double* y,
                 kernels::Stream stream);

struct VoteResult {
  unsigned ballot;
  int any, all;
};
void run_vote(unsigned mask, const int* predicates, VoteResult* results, kernels::Stream stream);

struct MatchResult {
  unsigned any, all;
  int all_equal;
};
void run_match(unsigned mask, const long long* values, MatchResult* results, kernels::Stream stream);

struct ReduceResult {
  int add, least, greatest;
  unsigned unsigned_add, unsigned_least, unsigned_greatest, bits_and, bits_or, bits_xor;
};
void run_reduce(unsigned mask, const int* values, ReduceResult* results, kernels::Stream stream);

}  // namespace genocuda::kernel_test
