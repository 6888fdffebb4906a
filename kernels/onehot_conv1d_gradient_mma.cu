// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include "kernels/onehot_conv1d_gradient.h"
#include "kernels/onehot_mma.cuh"
#include "kernels/reduction.h"

namespace genocuda::kernels {
namespace {

constexpr int kMostWarps = 8;  // of a block, 32 filters each
constexpr int kTiles = 4;      // of 8 filters, a warp's
constexpr int kFilters = 8 * kTiles;
constexpr int kRowTiles = 5;                   // of 4 taps x 4 bases, at most
constexpr int kDepth = 16;                     // windows that a product sums over
constexpr int kProductsOfSum = 16;             // after which sums are added to totals
constexpr int kSums = kRowTiles * kTiles * 4;  // of a lane
constexpr int kMostSpan = 65536;               // bits of a plane: 32 KB of shared memory for four

/// How the work is dealt out to blocks: x takes chunks of segments of examples' windows, y up to eight groups of 32
/// filters, z groups of up to 20 taps.
struct Plan {
  OnehotConv1d conv;
  GradientWindows windows;
  std::int64_t segments, segment;  ///< of an example, and the windows of one, a multiple of 16
  std::int64_t chunk, chunks;      ///< segments of a chunk
  std::int64_t span;               ///< bases that the windows of a segment look at
  int warps, filter_blocks, taps, tap_groups;

  Plan(const OnehotConv1d& c, const GradientWindows& w) : conv(c), windows(w) {
    constexpr std::int64_t kMostWindows = 512, kLeastProducts = 64, kMostChunks = 1024;
    const std::int64_t groups = ceil_div(conv.filters, kFilters);
    filter_blocks = static_cast<int>(ceil_div(groups, kMostWarps));
    warps = groups > 0 ? static_cast<int>(ceil_div(groups, filter_blocks)) : 0;
    tap_groups = static_cast<int>(ceil_div(conv.width, 4 * kRowTiles));
    taps = static_cast<int>(ceil_div(ceil_div(conv.width, tap_groups), 4) * 4);
    for (std::int64_t most = kMostWindows;; most /= 2) {
      segments = ceil_div(windows.count, most);
      segment = ceil_div(ceil_div(windows.count, segments), kDepth) * kDepth;
      span = ((segment - 1) * windows.stride + windows.width - 1) * conv.stride + taps;
      if (segment == kDepth || plane_words(span) * 32 <= kMostSpan) break;
    }
    const std::int64_t all = conv.batch * segments, products = segment / kDepth * windows.width;
    chunk = std::max(ceil_div(kLeastProducts, products), ceil_div(all, kMostChunks));
    chunks = ceil_div(all, chunk);
  }
  bool fits() const { return span <= kMostSpan && filter_blocks <= 65535 && tap_groups <= 65535; }
  constexpr std::int64_t elements() const { return conv.width * kBases * conv.filters; }
  SumShape sum() const { return {1, chunks, elements()}; }
  std::size_t partial_bytes() const { return ceil_div(chunks * elements() * 4, 16) * 16; }
  constexpr int words() const { return plane_words(span); }
  std::size_t shared_bytes() const { return (warps * 32 * kSums + kBases * words()) * sizeof(std::uint32_t); }
};

template <typename T>
struct alignas(kTiles * sizeof(T)) Four {
  T values[kTiles];
};

/// A lane's share of the numbers of 16 windows and 32 filters: windows 2q, 2q + 1, 2q + 8, 2q + 9 (q = lane % 4) and
/// four neighbouring filters from 4 · (lane / 4) on. Filter 4g + n is column g of the warp's tile n: so that a warp
/// reads whole lines, 128 bytes (bf16: 64) of four windows at once, and what the tensor cores want in a lane comes
/// straight from memory.
template <typename T, bool kPooled>
struct Share {
  Four<T> numbers[4];
  std::uint32_t winners[4];  ///< a byte a filter

  /// Of the windows from `window` on, of a segment of `count`; `at` is the index of the first one's number for the
  /// lane's first filter, of which `filters` lie there (none: any index). In one access where `wide` allows it.
  __device__ __forceinline__ void load(const OutputGradient& gradient, std::int64_t at, std::int64_t row,
                                       std::int64_t filters, int window, int count, bool wide, int lane) {
    const T* const values_of = static_cast<const T*>(gradient.values) + at;
    const std::uint8_t* const argmax = kPooled ? gradient.argmax + at : nullptr;
    if (wide && window + kDepth <= count) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const std::int64_t from = (window + of_lane(i, lane)) * row;
        numbers[i] = *reinterpret_cast<const Four<T>*>(values_of + from);
        if constexpr (kPooled) winners[i] = *reinterpret_cast<const std::uint32_t*>(argmax + from);
      }
    } else {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const std::int64_t from = (window + of_lane(i, lane)) * row;
        const bool inside = window + of_lane(i, lane) < count;
        winners[i] = 0;
#pragma unroll
        for (int n = 0; n < kTiles; ++n) {
          const bool there = inside && n < filters;
          numbers[i].values[n] = there ? values_of[from + n] : from_float<T>(0.0f);
          if constexpr (kPooled) winners[i] |= there ? static_cast<std::uint32_t>(argmax[from + n]) << 8 * n : 0u;
        }
      }
    }
  }
  __device__ __forceinline__ float number(int i, int n) const { return to_float(numbers[i].values[n]); }

 private:
  static __device__ __forceinline__ int of_lane(int i, int lane) { return lane % 4 * 2 + i % 2 + i / 2 * 8; }
};

__device__ __forceinline__ std::uint32_t rounded_pair(float low, float high) {
  return __bfloat16_as_ushort(from_float<bf16>(low)) |
         static_cast<std::uint32_t>(__bfloat16_as_ushort(from_float<bf16>(high))) << 16;
}

/// Two numbers as the sums of `kParts` in bf16, a register each: all but the last are cut off, so that what is left is
/// exact, and after two cuts no more than the eight bits that a third takes.
template <int kParts>
__device__ __forceinline__ void split_pair(float low, float high, std::uint32_t (&parts)[kParts]) {
#pragma unroll
  for (int part = 0; part + 1 < kParts; ++part) {
    const std::uint32_t low_bits = __float_as_uint(low), high_bits = __float_as_uint(high);
    parts[part] = __byte_perm(low_bits, high_bits, 0x7632);
    low -= __uint_as_float(low_bits & 0xffff0000u);
    high -= __uint_as_float(high_bits & 0xffff0000u);
  }
  parts[kParts - 1] = rounded_pair(low, high);
}

/// dfilters [4 taps x 4 bases, filters] = A [.., windows] · B [windows, filters]: A says which base a tap sees from a
/// window, and is made in registers out of bit planes (onehot_mma.cuh); B is the gradient. For a pool the sum goes over
/// the k of a window one after another, with A of the positions w · stride − pad_left + k and B without the numbers
/// whose winner is another: the sparse gradient is expanded in registers, never in memory.
///
/// A warp owns 32 filters and up to 20 taps, 80 sums a lane, and all warps of a block share the planes of a segment of
/// an example. A lane reads its numbers from memory as it needs them, one step of 16 windows ahead, 16 bytes a read.
/// Eighty sums of one warp run over 16 steps and are then added to totals in shared memory, since tensor cores cut off
/// what float would round.
///
/// Basset's first layer at batch 256 (600 positions, 19 taps, 300 filters): 256 x 608 x 320 x 80 x 2 = 8 GFLOP, 10 us
/// at 798 TFLOP/s for a gradient in one part, 30 for one in three; in between lie the reads: a dense gradient of 184 MB
/// (f32, 61 us) or 92 MB (bf16, 31 us), or a pooled one by 3 with its winners, 77 MB (26 us) or 46 MB (15 us).
/// Expanding the latter takes about a hundred instructions a step of 20 products (three parts: 60): about as long as
/// these.
template <int kParts, typename T, bool kPooled>
__global__ void __launch_bounds__(32 * kMostWarps)
    filter_gradient_mma_kernel(Plan plan, DnaSource dna, OutputGradient gradient, bool wide,
                               float* __restrict__ partials) {
  KERNEL_DYNAMIC_SHARED(float, shared);
  const OnehotConv1d& conv = plan.conv;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const int words = plan.words();
  float* const totals = shared + warp * 32 * kSums + lane;
  auto* const planes = reinterpret_cast<std::uint32_t*>(shared + plan.warps * 32 * kSums);
  const std::int64_t group = static_cast<std::int64_t>(blockIdx.y) * plan.warps + warp;
  const std::int64_t filter = group * kFilters + lane / 4 * kTiles;
  const std::int64_t filters_left = conv.filters - filter;
  const int first_tap = static_cast<int>(blockIdx.z) * plan.taps;

  // The lane's share of A: one base, the taps tap + 4m and tap + 4m + 2, windows as in Share.
  const std::uint32_t* const plane = planes + lane / 4 % 4 * words;
  const int tap = lane / 16, column = lane % 4 * 2;
  const int window_step = static_cast<int>(plan.windows.stride * conv.stride), k_step = static_cast<int>(conv.stride);

  float acc[kRowTiles][kTiles][4] = {};
#pragma unroll 16
  for (int i = 0; i < kSums; ++i) totals[i * 32] = 0;
  int summed = 0;
  const auto add_to_totals = [&] {
#pragma unroll
    for (int i = 0; i < kSums; ++i) {
      float& sum = acc[i / (4 * kTiles)][i / 4 % kTiles][i % 4];
      totals[i * 32] += sum;
      sum = 0;
    }
  };

  const std::int64_t last = std::min((blockIdx.x + 1) * plan.chunk, conv.batch * plan.segments);
  for (std::int64_t unit = blockIdx.x * plan.chunk; unit < last; ++unit) {
    const std::int64_t b = unit / plan.segments, first = unit % plan.segments * plan.segment;
    const int count = static_cast<int>(std::min(plan.segment, plan.windows.count - first));
    __syncthreads();  // the last segment's planes have been read
    load_planes(DnaExample(dna, b),
                (first * plan.windows.stride - plan.windows.pad_left) * conv.stride - conv.pad_left + first_tap, words,
                planes);
    __syncthreads();

    const std::int64_t at = (b * plan.windows.count + first) * conv.filters + (filters_left > 0 ? filter : 0);
    Share<T, kPooled> ahead;
    const auto load = [&](int window) {
      ahead.load(gradient, at, conv.filters, filters_left, window, count, wide, lane);
    };
    load(0);
    for (int window = 0; window < count; window += kDepth) {
      std::uint32_t numbers[kTiles][2][kParts], winners[4];
#pragma unroll
      for (int n = 0; n < kTiles; ++n) {
        split_pair<kParts>(ahead.number(0, n), ahead.number(1, n), numbers[n][0]);
        split_pair<kParts>(ahead.number(2, n), ahead.number(3, n), numbers[n][1]);
      }
#pragma unroll
      for (int i = 0; i < 4; ++i) winners[i] = ahead.winners[i];
      load(window + kDepth);

      for (int k = 0; k < (kPooled ? static_cast<int>(plan.windows.width) : 1); ++k) {
        const int position = (window + column) * window_step + k * k_step + tap;
        const onehot_mma::RowBits near(window32(plane, position), window32(plane, position + window_step));
        const onehot_mma::RowBits far(window32(plane, position + 8 * window_step),
                                      window32(plane, position + 9 * window_step));
        std::uint32_t chosen[kTiles][2];
        if constexpr (kPooled) {
#pragma unroll
          for (int n = 0; n < kTiles; ++n) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
              const bool even = (winners[2 * half] >> 8 * n & 255u) == static_cast<unsigned>(k);
              const bool odd = (winners[2 * half + 1] >> 8 * n & 255u) == static_cast<unsigned>(k);
              chosen[n][half] = (even ? 0x0000ffffu : 0u) | (odd ? 0xffff0000u : 0u);
            }
          }
        }
#pragma unroll
        for (int part = 0; part < kParts; ++part) {
          std::uint32_t of_part[kTiles][2];
#pragma unroll
          for (int n = 0; n < kTiles; ++n) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
              of_part[n][half] = kPooled ? numbers[n][half][part] & chosen[n][half] : numbers[n][half][part];
            }
          }
#pragma unroll
          for (int m = 0; m < kRowTiles; ++m) {
            if (4 * m >= plan.taps) break;  // the same in the whole grid
            const std::uint32_t a[4] = {near.hot<14>(4 * m), near.hot<14>(4 * m + 2), far.hot<14>(4 * m),
                                        far.hot<14>(4 * m + 2)};
#pragma unroll
            for (int n = 0; n < kTiles; ++n) ptx::mma_m16n8k16_bf16(acc[m][n], a, of_part[n]);
          }
        }
        if (++summed < kProductsOfSum) continue;
        summed = 0;
        add_to_totals();
      }
    }
  }
  add_to_totals();

  // Sum i of a lane: row tile, tile of filters, and in these rows lane / 4 and 8 more, columns 2 · (lane % 4) and 1
  // more.
  float* const to = partials + blockIdx.x * plan.elements();
#pragma unroll 4
  for (int i = 0; i < kSums; ++i) {
    const int row = i / (4 * kTiles) * 16 + i % 4 / 2 * 8 + lane / 4;
    const std::int64_t f = group * kFilters + (lane % 4 * 2 + i % 2) * kTiles + i / 4 % kTiles;
    const std::int64_t k = first_tap + row / kBases;
    if (row / kBases >= plan.taps || k >= conv.width || f >= conv.filters) continue;
    to[(k * kBases + row % kBases) * conv.filters + f] = 0.5f * totals[i * 32];  // a base is 2 in A
  }
}

template <int kParts, typename T>
void launch_filter_gradient(const Plan& plan, const DnaSource& dna, const OutputGradient& gradient, float* partials,
                            Stream stream) {
  const bool wide = reinterpret_cast<std::uintptr_t>(gradient.values) % sizeof(Four<T>) == 0 &&
                    reinterpret_cast<std::uintptr_t>(gradient.argmax) % kTiles == 0 && plan.conv.filters % kTiles == 0;
  const dim3 grid(static_cast<unsigned>(plan.chunks), static_cast<unsigned>(plan.filter_blocks),
                  static_cast<unsigned>(plan.tap_groups));
  const auto kernel = gradient.argmax == nullptr ? filter_gradient_mma_kernel<kParts, T, false>
                                                 : filter_gradient_mma_kernel<kParts, T, true>;
  launch(kernel, grid, static_cast<unsigned>(32 * plan.warps), plan.shared_bytes(), stream, plan, dna, gradient, wide,
         partials);
}

}  // namespace

bool onehot_filter_gradient_mma_takes(const OnehotConv1d& conv, const GradientWindows& windows) {
  return conv.dilation == 1 && !conv.quarters && windows.count > 0 && Plan(conv, windows).fits();
}

void onehot_filter_gradient_mma(const OnehotConv1d& conv, const DnaSource& dna, const OutputGradient& gradient,
                                int parts, void* dfilters, void* scratch, Stream stream) {
  const Plan plan(conv, gradient.windows);
  auto* partials = static_cast<float*>(scratch);
  if (plan.chunks * plan.warps > 0) {
    if (gradient.storage == Storage::bf16) {
      launch_filter_gradient<1, bf16>(plan, dna, gradient, partials, stream);
    } else if (parts == 1) {
      launch_filter_gradient<1, float>(plan, dna, gradient, partials, stream);
    } else if (parts == 2) {
      launch_filter_gradient<2, float>(plan, dna, gradient, partials, stream);
    } else {
      launch_filter_gradient<3, float>(plan, dna, gradient, partials, stream);
    }
  }
  sum(plan.sum(), Storage::f32, partials, gradient.storage, dfilters,
      static_cast<unsigned char*>(scratch) + plan.partial_bytes(), stream);
}

std::size_t onehot_filter_gradient_mma_scratch(const OnehotConv1d& conv, const GradientWindows& windows) {
  const Plan plan(conv, windows);
  return plan.partial_bytes() + sum_scratch(plan.sum(), Storage::f32);
}

}  // namespace genocuda::kernels
