// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/conformance.h"

#include "kernels/ptx.cuh"

namespace genocuda::kernel_test {
namespace {

namespace ptx = kernels::ptx;
constexpr int kLanes = 32;

template <Mma kMma>
__global__ void mma_kernel(const std::uint32_t* a, const std::uint32_t* b, const float* c, float* d) {
  const int lane = static_cast<int>(threadIdx.x);
  std::uint32_t a_registers[4], b_registers[2];
  float sums[4];
  for (int i = 0; i < 4; ++i) a_registers[i] = a[4 * lane + i];
  for (int i = 0; i < 2; ++i) b_registers[i] = b[2 * lane + i];
  for (int i = 0; i < 4; ++i) sums[i] = c[4 * lane + i];
  if constexpr (kMma == Mma::m16n8k8_tf32) {
    ptx::mma_m16n8k8_tf32(sums, a_registers, b_registers);
  } else if constexpr (kMma == Mma::m16n8k16_bf16) {
    ptx::mma_m16n8k16_bf16(sums, a_registers, b_registers);
  } else {
    ptx::mma_m16n8k16_f16(sums, a_registers, b_registers);
  }
  for (int i = 0; i < 4; ++i) d[4 * lane + i] = sums[i];
}

struct alignas(16) Row {
  std::uint16_t values[8];
};

template <Ldmatrix kLoad>
__global__ void ldmatrix_kernel(const std::uint16_t* matrices, std::uint32_t* registers) {
  KERNEL_SHARED(Row, rows, [kLanes]);
  const int lane = static_cast<int>(threadIdx.x);
  // Rows lie anywhere: here back to front.
  const int place = kLanes - 1 - lane;
  for (int i = 0; i < 8; ++i) rows[place].values[i] = matrices[8 * lane + i];
  __syncwarp();
  constexpr int kMatrices = kLoad == Ldmatrix::x4 || kLoad == Ldmatrix::x4_trans ? 4 : 2;
  std::uint32_t r[kMatrices];
  if constexpr (kLoad == Ldmatrix::x2) {
    ptx::ldmatrix_x2(r, &rows[place]);
  } else if constexpr (kLoad == Ldmatrix::x2_trans) {
    ptx::ldmatrix_x2_trans(r, &rows[place]);
  } else if constexpr (kLoad == Ldmatrix::x4) {
    ptx::ldmatrix_x4(r, &rows[place]);
  } else {
    ptx::ldmatrix_x4_trans(r, &rows[place]);
  }
  for (int i = 0; i < kMatrices; ++i) registers[4 * lane + i] = r[i];
}

__global__ void to_tf32_kernel(const float* x, std::uint32_t* bits) {
  bits[threadIdx.x] = ptx::to_tf32(x[threadIdx.x]);
}

__global__ void cp_async_kernel(const float* x, float* by16, float* by4, int source_bytes) {
  KERNEL_SHARED(alignas(16) float, tile, [2][4 * kLanes]);
  const int lane = static_cast<int>(threadIdx.x);
  ptx::cp_async16(&tile[0][4 * lane], x + 4 * lane, source_bytes);
  ptx::cp_async_commit();
  for (int i = 0; i < 4; ++i) {
    const int left = source_bytes - 4 * i;
    ptx::cp_async4(&tile[1][4 * lane + i], x + 4 * lane + i, left < 0 ? 0 : left > 4 ? 4 : left);
  }
  ptx::cp_async_commit();
  ptx::cp_async_wait<1>();
  for (int i = 0; i < 4; ++i) by16[4 * lane + i] = tile[0][4 * lane + i];
  ptx::cp_async_wait<0>();
  for (int i = 0; i < 4; ++i) by4[4 * lane + i] = tile[1][4 * lane + i];
}

template <Shuffle kShuffle>
__global__ void shuffle_kernel(unsigned mask, const double* x, int argument, int width, double* y) {
  const unsigned lane = threadIdx.x;
  if ((mask >> lane & 1) == 0) return;
  if constexpr (kShuffle == Shuffle::index) {
    y[lane] = __shfl_sync(mask, x[lane], argument, width);
  } else if constexpr (kShuffle == Shuffle::up) {
    y[lane] = __shfl_up_sync(mask, x[lane], static_cast<unsigned>(argument), width);
  } else if constexpr (kShuffle == Shuffle::down) {
    y[lane] = __shfl_down_sync(mask, x[lane], static_cast<unsigned>(argument), width);
  } else {
    y[lane] = __shfl_xor_sync(mask, x[lane], argument, width);
  }
}

__global__ void vote_kernel(unsigned mask, const int* predicates, VoteResult* results) {
  const unsigned lane = threadIdx.x;
  if ((mask >> lane & 1) == 0) return;
  const int predicate = predicates[lane];
  const unsigned ballot = __ballot_sync(mask, predicate);
  const int any = __any_sync(mask, predicate);
  const int all = __all_sync(mask, predicate);
  results[lane] = {ballot, any != 0, all != 0};
}

__global__ void match_kernel(unsigned mask, const long long* values, MatchResult* results) {
  const unsigned lane = threadIdx.x;
  if ((mask >> lane & 1) == 0) return;
  int all_equal = 0;
  const unsigned any = __match_any_sync(mask, values[lane]);
  const unsigned all = __match_all_sync(mask, values[lane], &all_equal);
  results[lane] = {any, all, all_equal != 0};
}

__global__ void reduce_kernel(unsigned mask, const int* values, ReduceResult* results) {
  const unsigned lane = threadIdx.x;
  if ((mask >> lane & 1) == 0) return;
  const int value = values[lane];
  const unsigned bits = static_cast<unsigned>(value);
  ReduceResult result;
  result.add = __reduce_add_sync(mask, value);
  result.least = __reduce_min_sync(mask, value);
  result.greatest = __reduce_max_sync(mask, value);
  result.unsigned_add = __reduce_add_sync(mask, bits);
  result.unsigned_least = __reduce_min_sync(mask, bits);
  result.unsigned_greatest = __reduce_max_sync(mask, bits);
  result.bits_and = __reduce_and_sync(mask, bits);
  result.bits_or = __reduce_or_sync(mask, bits);
  result.bits_xor = __reduce_xor_sync(mask, bits);
  results[lane] = result;
}

}  // namespace

void run_mma(Mma mma, const std::uint32_t* a, const std::uint32_t* b, const float* c, float* d,
             kernels::Stream stream) {
  const auto kernel = mma == Mma::m16n8k8_tf32    ? mma_kernel<Mma::m16n8k8_tf32>
                      : mma == Mma::m16n8k16_bf16 ? mma_kernel<Mma::m16n8k16_bf16>
                                                  : mma_kernel<Mma::m16n8k16_f16>;
  kernels::launch(kernel, 1, kLanes, 0, stream, a, b, c, d);
}

void run_ldmatrix(Ldmatrix load, const std::uint16_t* matrices, std::uint32_t* registers, kernels::Stream stream) {
  const auto kernel = load == Ldmatrix::x2         ? ldmatrix_kernel<Ldmatrix::x2>
                      : load == Ldmatrix::x2_trans ? ldmatrix_kernel<Ldmatrix::x2_trans>
                      : load == Ldmatrix::x4       ? ldmatrix_kernel<Ldmatrix::x4>
                                                   : ldmatrix_kernel<Ldmatrix::x4_trans>;
  kernels::launch(kernel, 1, kLanes, 0, stream, matrices, registers);
}

void run_to_tf32(const float* x, std::uint32_t* bits, kernels::Stream stream) {
  kernels::launch(to_tf32_kernel, 1, kLanes, 0, stream, x, bits);
}

void run_cp_async(const float* x, float* by16, float* by4, int source_bytes, kernels::Stream stream) {
  kernels::launch(cp_async_kernel, 1, kLanes, 0, stream, x, by16, by4, source_bytes);
}

void run_shuffle(Shuffle shuffle, unsigned mask, const double* x, int argument, int width, double* y,
                 kernels::Stream stream) {
  const auto kernel = shuffle == Shuffle::index  ? shuffle_kernel<Shuffle::index>
                      : shuffle == Shuffle::up   ? shuffle_kernel<Shuffle::up>
                      : shuffle == Shuffle::down ? shuffle_kernel<Shuffle::down>
                                                 : shuffle_kernel<Shuffle::exclusive_or>;
  kernels::launch(kernel, 1, kLanes, 0, stream, mask, x, argument, width, y);
}

void run_vote(unsigned mask, const int* predicates, VoteResult* results, kernels::Stream stream) {
  kernels::launch(vote_kernel, 1, kLanes, 0, stream, mask, predicates, results);
}

void run_match(unsigned mask, const long long* values, MatchResult* results, kernels::Stream stream) {
  kernels::launch(match_kernel, 1, kLanes, 0, stream, mask, values, results);
}

void run_reduce(unsigned mask, const int* values, ReduceResult* results, kernels::Stream stream) {
  kernels::launch(reduce_kernel, 1, kLanes, 0, stream, mask, values, results);
}

}  // namespace genocuda::kernel_test
