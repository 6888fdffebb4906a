// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_epilogue.cuh"
#include "kernels/onehot_mma.cuh"

namespace genocuda::kernels {
namespace {

using namespace onehot_mma;

constexpr int kSteps = 2;  ///< neighbouring positions of a row

/// A row of a tile is 2 neighbouring positions, a tile 32 positions x 32 filters; a block owns 32 filters, whose
/// fragments it keeps in shared memory, and a run of up to 512 positions of one example, whose tiles its four warps
/// take in turn. Lanes of a row store 16 neighbouring filters together: 64 bytes in f32, 32 in bf16, whole sectors.
///
/// Basset's first layer at batch 256 (600 positions, 19 taps, 300 filters): y is 184 MB in f32 (61 us at 3 TB/s), 92 MB
/// in bf16 (31 us); 256 x 640 x 320 x 80 x 2 = 8.4 GFLOP, 11 us in bf16 at 798 TFLOP/s and 21 us as two fp16 parts.
/// Memory bound in every form. DNA is 58 KB and filters 40 to 80 KB (each block reads its 5 to 10 KB out of L2).
template <FilterForm kForm, typename T>
__global__ void __launch_bounds__(kThreads, 5)
    onehot_conv1d_mma_kernel(OnehotConv1d conv, DnaSource dna, RowRuns runs, PackedFilters packed,
                             const T* __restrict__ filters, T* __restrict__ y, bool wide) {
  KERNEL_DYNAMIC_SHARED(std::uint32_t, fragments);
  const int words = group_words(conv, kForm), count = products(conv.width);
  std::uint32_t* planes = fragments + words;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const LanePlanes lane_planes(planes, runs.words, lane);
  const std::int64_t group = blockIdx.y, run = run_of_block(), b = run / runs.a_example;
  if (b >= conv.batch) return;

  copy_fragments(packed.fragments + group * words, words, fragments);
  const std::int64_t first = run % runs.a_example * runs.rows * kSteps, left = conv.positions - first;
  const int positions = static_cast<int>(left < runs.rows * kSteps ? left : runs.rows * kSteps);
  load_planes(DnaExample(dna, b), first - conv.pad_left, runs.words, planes);
  ptx::cp_async_wait<0>();
  __syncthreads();

  const float* scales = packed.scales + group * kFilters + lane % 4 * 4;
  T* to = y + (b * conv.positions + first) * conv.filters + group * kFilters;
  const int rows = (positions + kSteps - 1) / kSteps;
  for (int tile = warp * 16; tile < rows; tile += kWarps * 16) {
    const int row = tile + lane / 4;
    // Rows past the last repeat it; nothing of them is stored.
    const int upper = row < rows ? row : rows - 1, lower = row + 8 < rows ? row + 8 : rows - 1;
    float acc[kSteps][kTiles][4] = {};
    accumulate<kForm>(acc, lane_planes, upper * kSteps, lower * kSteps, fragments, count, lane);
#pragma unroll
    for (int pair = 0; pair < kTiles / 2; ++pair) {
      const int filter = pair * 16 + lane % 4 * 4;
      const std::int64_t after = conv.filters - group * kFilters - filter;
      const float4 scale = *reinterpret_cast<const float4*>(scales + pair * 16);
#pragma unroll
      for (int i = 0; i < kSteps; ++i) {
#pragma unroll
        for (int half = 0; half < 2; ++half) {
          const int position = (row + 8 * half) * kSteps + i;
          if (position >= positions) continue;
          const float four[4] = {acc[i][2 * pair][2 * half] * scale.x, acc[i][2 * pair][2 * half + 1] * scale.y,
                                 acc[i][2 * pair + 1][2 * half] * scale.z,
                                 acc[i][2 * pair + 1][2 * half + 1] * scale.w};
          store_four(to + position * conv.filters + filter, four, after, wide);
        }
      }
    }
  }

  const std::uint32_t unusual = packed.unusual[group];
  if (unusual == 0) return;
  __syncthreads();  // what was stored for these filters is overwritten
  for (int i = static_cast<int>(threadIdx.x); i < positions * kFilters; i += kThreads) {
    const int filter = i % kFilters, position = i / kFilters;
    if ((unusual >> filter & 1u) == 0) continue;
    to[position * conv.filters + filter] =
        from_float<T>(plain_sum(conv, planes, runs.words, position, filters, group * kFilters + filter));
  }
}

}  // namespace

void onehot_conv1d_mma(const OnehotConv1d& conv, const DnaSource& dna, FilterForm wanted, Storage storage,
                       const void* filters, void* y, void* scratch, Stream stream) {
  if (conv.batch == 0 || conv.filters == 0) return;
  const FilterForm form = form_for(wanted, storage);
  const PackedFilters packed = packed_filters(conv, form, scratch);
  pack_filters(conv, form, storage, filters, packed, stream);
  const RowRuns runs = row_runs(conv, form, ceil_div(conv.positions, kSteps), kSteps, span_of(conv, kSteps));
  with_form(form, storage, [&](auto type, auto constant) {
    using T = decltype(type);
    launch(onehot_conv1d_mma_kernel<decltype(constant)::value, T>, grid_of(conv, runs), kThreads,
           shared_bytes(conv, form, runs), stream, conv, dna, runs, packed, static_cast<const T*>(filters),
           static_cast<T*>(y), fours_fit(conv.filters, y));
  });
}

}  // namespace genocuda::kernels
