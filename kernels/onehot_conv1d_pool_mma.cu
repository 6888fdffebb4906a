// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_epilogue.cuh"
#include "kernels/onehot_mma.cuh"

namespace genocuda::kernels {
namespace {

using namespace onehot_mma;

constexpr std::int64_t kLongestStride = 1024;  ///< of a pool, so that 16 windows fit into shared memory

/// Row r of a tile is window r of the pool and step i its offset i, so that a lane holds all the sums that compete and
/// the maximum needs no shuffle: kSteps offsets at a time, then the next, with the largest sum so far and its offset in
/// registers. A tile is 16 windows x 32 filters. A block owns 32 filters, whose fragments it keeps in shared memory,
/// and a run of up to 256 windows of one example, whose tiles its four warps take in turn. The four lanes of a row
/// store 16 neighbouring filters together: 64 bytes of f32 or 32 of bf16, and 16 of argmax.
///
/// Basset's first layer at batch 256 (600 positions, 19 taps, 300 filters, pool 3): 256 x 200 x 300 x (2 + 1) bytes =
/// 46 MB out in bf16, DNA and filters next to nothing in: 15 us at 3 TB/s, 12 us where argmax is packed in two bits.
/// 256 x 208 x 3 x 320 x 80 x 2 = 8.2 GFLOP: 10 us at 798 TFLOP/s, near 16 at what mma.sync reaches of it; the work
/// around a product (bits of A, comparisons) takes about as long in the other pipes. In two fp16 parts 77 MB of f32 and
/// argmax out, 26 us, against 21 to 32 us of products.
template <FilterForm kForm, int kSteps, typename T>
__global__ void __launch_bounds__(kThreads, kSteps == 2 ? 4 : 3)
    onehot_conv1d_pool_mma_kernel(OnehotConv1d conv, OnehotPool pool, DnaSource dna, RowRuns runs, PackedFilters packed,
                                  const T* __restrict__ filters, const T* __restrict__ bias, T* __restrict__ y,
                                  std::uint8_t* __restrict__ argmax, bool wide) {
  KERNEL_DYNAMIC_SHARED(std::uint32_t, fragments);
  const int words = group_words(conv, kForm), count = products(conv.width);
  std::uint32_t* planes = fragments + words;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const int stride = static_cast<int>(pool.stride), width = static_cast<int>(pool.width);
  const LanePlanes lane_planes(planes, runs.words, lane);
  const std::int64_t group = blockIdx.y, run = run_of_block(), b = run / runs.a_example;
  if (b >= conv.batch) return;

  copy_fragments(packed.fragments + group * words, words, fragments);
  const std::int64_t first = run % runs.a_example * runs.rows;
  const int rows = static_cast<int>(pool.windows - first < runs.rows ? pool.windows - first : runs.rows);
  load_planes(DnaExample(dna, b), first * pool.stride - pool.pad_left - conv.pad_left, runs.words, planes);
  ptx::cp_async_wait<0>();
  __syncthreads();

  const float* scales = packed.scales + group * kFilters + lane % 4 * 4;
  const std::int64_t out = (b * pool.windows + first) * conv.filters + group * kFilters;
  for (int tile = warp * 16; tile < rows; tile += kWarps * 16) {
    const int row = tile + lane / 4;
    // Rows past the last repeat it; nothing of them is stored.
    const int upper = row < rows ? row : rows - 1, lower = row + 8 < rows ? row + 8 : rows - 1;
    const PoolRange ranges[2] = {PoolRange(pool, conv.positions, first + upper),
                                 PoolRange(pool, conv.positions, first + lower)};
    float best[kTiles][4];
    std::uint32_t winner[kTiles];  // a byte each
#pragma unroll
    for (int n = 0; n < kTiles; ++n) {
#pragma unroll
      for (int c = 0; c < 4; ++c) best[n][c] = -INFINITY;
      winner[n] = static_cast<std::uint32_t>(ranges[0].first * 0x0101 + ranges[1].first * 0x01010000);
    }
    for (int from = 0; from < width; from += kSteps) {
      float acc[kSteps][kTiles][4] = {};
      accumulate<kForm>(acc, lane_planes, upper * stride + from, lower * stride + from, fragments, count, lane);
#pragma unroll
      for (int n = 0; n < kTiles; ++n) {
        float2 scale = make_float2(1, 1);
        if constexpr (kForm == FilterForm::split) {
          scale = *reinterpret_cast<const float2*>(scales + n / 2 * 16 + n % 2 * 2);
        }
#pragma unroll
        for (int i = 0; i < kSteps; ++i) {
#pragma unroll
          for (int c = 0; c < 4; ++c) {
            const float sum = acc[i][n][c] * (c % 2 == 0 ? scale.x : scale.y);
            if (ranges[c / 2].holds(from + i) && beats(sum, best[n][c])) {
              best[n][c] = sum;
              constexpr std::uint32_t kReplaceByte[] = {0x3214, 0x3240, 0x3410, 0x4210};
              winner[n] = __byte_perm(winner[n], static_cast<std::uint32_t>(from + i), kReplaceByte[c]);
            }
          }
        }
      }
    }

#pragma unroll
    for (int pair = 0; pair < kTiles / 2; ++pair) {
      const int filter = pair * 16 + lane % 4 * 4;
      const std::int64_t after = conv.filters - group * kFilters - filter;
      float values[8];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const float shift = i < after ? to_float(bias[group * kFilters + filter + i]) : 0.0f;
        values[i] = best[2 * pair + i / 2][i % 2] + shift;
        values[4 + i] = best[2 * pair + i / 2][2 + i % 2] + shift;
      }
      activate(pool, values);
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        if (row + 8 * half >= rows) continue;
        const std::int64_t at = out + (row + 8 * half) * conv.filters + filter;
        float four[4];
        int offsets[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          four[i] = values[4 * half + i];
          offsets[i] = static_cast<int>(winner[2 * pair + i / 2] >> 8 * (2 * half + i % 2) & 0xffu);
        }
        store_four(y + at, four, after, wide);
        store_four(argmax + at, offsets, after, wide);
      }
    }
  }

  const std::uint32_t unusual = packed.unusual[group];
  if (unusual == 0) return;
  __syncthreads();  // what was stored for these filters is overwritten
  for (int i = static_cast<int>(threadIdx.x); i < rows * kFilters; i += kThreads) {
    const int filter = i % kFilters, row = i / kFilters;
    if ((unusual >> filter & 1u) == 0) continue;
    const std::int64_t f = group * kFilters + filter;
    const PoolRange range(pool, conv.positions, first + row);
    float largest[1] = {-INFINITY};
    int offset = range.first;
    for (int k = range.first; k < range.last; ++k) {
      const float sum = plain_sum(conv, planes, runs.words, row * stride + k, filters, f);
      if (!beats(sum, largest[0])) continue;
      largest[0] = sum;
      offset = k;
    }
    largest[0] += to_float(bias[f]);
    activate(pool, largest);
    y[out + row * conv.filters + filter] = from_float<T>(largest[0]);
    argmax[out + row * conv.filters + filter] = static_cast<std::uint8_t>(offset);
  }
}

/// How many offsets to take at a time: what leaves the fewest products for nothing, then the most. In two parts four
/// of them would not fit into registers.
int steps_for(FilterForm form, std::int64_t width) {
  int best = form == FilterForm::split ? 3 : 4;
  for (int steps = best - 1; steps >= 2; --steps) {
    if (ceil_div(width, steps) * steps < ceil_div(width, best) * best) best = steps;
  }
  return best;
}

}  // namespace

bool onehot_pool_mma_takes(const OnehotConv1d& conv, const OnehotPool& pool) {
  return onehot_mma_takes(conv) && pool.stride <= kLongestStride;
}

void onehot_conv1d_pool_mma(const OnehotConv1d& conv, const OnehotPool& pool, const DnaSource& dna, FilterForm wanted,
                            Storage storage, const void* filters, const void* bias, void* y, std::uint8_t* argmax,
                            void* scratch, Stream stream) {
  if (conv.batch == 0 || conv.filters == 0) return;
  const FilterForm form = form_for(wanted, storage);
  const PackedFilters packed = packed_filters(conv, form, scratch);
  pack_filters(conv, form, storage, filters, packed, stream);
  const int steps = steps_for(form, pool.width);
  const std::int64_t span = span_of(conv, ceil_div(pool.width, steps) * steps);
  const RowRuns runs = row_runs(conv, form, pool.windows, pool.stride, span);
  with_form(form, storage, [&](auto type, auto constant) {
    using T = decltype(type);
    constexpr FilterForm kForm = decltype(constant)::value;
    const auto run = [&](auto kernel) {
      launch(kernel, grid_of(conv, runs), kThreads, shared_bytes(conv, form, runs), stream, conv, pool, dna, runs,
             packed, static_cast<const T*>(filters), static_cast<const T*>(bias), static_cast<T*>(y), argmax,
             fours_fit(conv.filters, y, argmax));
    };
    if constexpr (kForm == FilterForm::bf16) {
      if (steps == 4) return run(onehot_conv1d_pool_mma_kernel<kForm, 4, T>);
    }
    if (steps == 3) return run(onehot_conv1d_pool_mma_kernel<kForm, 3, T>);
    return run(onehot_conv1d_pool_mma_kernel<kForm, 2, T>);
  });
}

}  // namespace genocuda::kernels
