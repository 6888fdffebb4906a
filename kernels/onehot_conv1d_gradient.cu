// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_gradient.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/dna.cuh"
#include "kernels/grid.cuh"
#include "kernels/reduce.cuh"
#include "kernels/reduction.h"
#include "kernels/storage.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kMostWarps = 8;      // of a block
constexpr int kTaps = 8;           // of a warp
constexpr int kFiltersOfLane = 2;  // lane and lane + 32 of the warp's 64
constexpr int kFiltersOfWarp = 32 * kFiltersOfLane;
constexpr int kTile = 32;         // steps whose bases are fetched together
constexpr int kStepsOfSum = 256;  // after which sums are added to totals

/// How the work is dealt out to warps: by chunks of output positions (of all examples, one after another), groups of
/// filters and groups of taps.
///
/// Tap k looks from output position o at base o · stride + k · dilation − pad_left. With g = gcd(stride, dilation), the
/// taps k0, k0 + classes, k0 + 2 · classes, … (classes = stride / g) look at the same base from the positions o,
/// o − step, o − 2 · step, … (step = dilation / g). A group is kTaps neighbours of such a class: over the positions
/// first, first + step, first + 2 · step, … it is a convolution of stride and dilation 1, whatever the shape.
struct Plan {
  OnehotConv1d n;
  std::int64_t chunk, chunks;
  std::int64_t filter_groups;
  std::int64_t classes, class_groups, step;

  explicit Plan(const OnehotConv1d& shape) : n(shape) {
    // 1024 positions: what a warp writes at the end is then 1/9 of what it reads for 19 taps.
    constexpr std::int64_t kLeastChunk = 1024, kMostChunks = 1024;
    const std::int64_t positions = n.batch * n.positions;
    chunk = std::max(kLeastChunk, ceil_div(positions, kMostChunks));
    chunks = ceil_div(positions, chunk);
    filter_groups = ceil_div(n.filters, kFiltersOfWarp);
    const std::int64_t common = std::gcd(n.stride, n.dilation);
    classes = n.stride / common;
    step = n.dilation / common;
    class_groups = ceil_div(ceil_div(n.width, classes), kTaps);
  }
  constexpr std::int64_t tap_groups() const { return std::min(classes, n.width) * class_groups; }
  constexpr std::int64_t warps() const { return chunks * filter_groups * tap_groups(); }
  /// The tap groups of the same positions and filters, since they read the same gradient, or several of these.
  std::int64_t warps_of_block() const {
    constexpr std::int64_t kEnough = 4;
    const std::int64_t groups = tap_groups();
    return groups > kMostWarps ? kEnough : groups > kEnough ? groups : kEnough / groups * groups;
  }
  constexpr std::int64_t elements() const { return n.width * kBases * n.filters; }
  SumShape sum() const { return {1, chunks, elements()}; }
  std::size_t partial_bytes() const { return ceil_div(chunks * elements() * 4, 16) * 16; }
};

/// What a lane sees of the gradient while its warp walks over the positions first, first + step, … of an example.
struct Walk {
  std::int64_t b, first, filter;
  int step, count;
  bool all_filters;  ///< all lanes have both of theirs
};

/// Both filters of a lane.
using Pair = float2;

/// dy as it lies in memory: a warp reads 2 x 128 (bf16: 64) neighbouring bytes a position.
template <typename T>
class DenseGradient {
 public:
  static constexpr int kSharedPairs = 0;  // of a warp

  explicit DenseGradient(const OutputGradient& gradient) : dy_(static_cast<const T*>(gradient.values)) {}

  /// Called with the multiples of kTile before their steps are asked for.
  __device__ __forceinline__ void enter_tile(const OnehotConv1d&, const Walk&, int, Pair*) const {}

  /// The gradient of the walk's steps [i, i + kTaps).
  __device__ __forceinline__ void load(const OnehotConv1d& n, const Walk& walk, int i, const Pair*,
                                       Pair (&to)[kTaps]) const {
    const std::int64_t step = walk.step * n.filters;
    const T* from = dy_ + (walk.b * n.positions + walk.first) * n.filters + walk.filter + i * step;
    if (i + kTaps <= walk.count && walk.all_filters) {
#pragma unroll
      for (int u = 0; u < kTaps; ++u, from += step) to[u] = {to_float(__ldg(from)), to_float(__ldg(from + 32))};
    } else {
#pragma unroll
      for (int u = 0; u < kTaps; ++u, from += step) {
        const bool inside = i + u < walk.count;
        to[u].x = inside && walk.filter < n.filters ? to_float(__ldg(from)) : 0.0f;
        to[u].y = inside && walk.filter + 32 < n.filters ? to_float(__ldg(from + 32)) : 0.0f;
      }
    }
  }

 private:
  const T* __restrict__ dy_;
};

/// The gradient of a pool's winners, spread out tile by tile in shared memory: every lane has a column there that no
/// other lane touches, and adds to it window by window, so that windows may overlap and the order is fixed.
template <typename T>
class PooledGradient {
 public:
  static constexpr int kSharedPairs = kTile * 32;

  explicit PooledGradient(const OutputGradient& gradient)
      : d_(static_cast<const T*>(gradient.values)),
        argmax_(gradient.argmax),
        windows_(gradient.windows.count),
        width_(gradient.windows.width),
        stride_(gradient.windows.stride),
        pad_left_(gradient.windows.pad_left) {}

  __device__ __forceinline__ void enter_tile(const OnehotConv1d& n, const Walk& walk, int i, Pair* tile) const {
    Pair* column = tile + threadIdx.x % 32;
#pragma unroll 8
    for (int row = 0; row < kTile; ++row) column[row * 32] = {0.0f, 0.0f};
    const int rows = walk.count - i < kTile ? walk.count - i : kTile;
    if (rows <= 0) return;
    // Window w holds the positions w · stride − pad_left + [0, width).
    const std::int64_t first = walk.first + static_cast<std::int64_t>(walk.step) * i + pad_left_;
    const std::int64_t last = first + static_cast<std::int64_t>(walk.step) * (rows - 1);
    const std::int64_t begin = first < width_ ? 0 : (first - width_) / stride_ + 1;
    const std::int64_t end = last / stride_ + 1 < windows_ ? last / stride_ + 1 : windows_;
    constexpr int kAtOnce = 4;
    for (std::int64_t w = begin; w < end; w += kAtOnce) {
      float d[kAtOnce][kFiltersOfLane];
      int winner[kAtOnce][kFiltersOfLane];
#pragma unroll
      for (int j = 0; j < kAtOnce; ++j) {
#pragma unroll
        for (int f = 0; f < kFiltersOfLane; ++f) {
          const bool there = w + j < end && walk.filter + 32 * f < n.filters;
          const std::int64_t at = (walk.b * windows_ + w + j) * n.filters + walk.filter + 32 * f;
          d[j][f] = there ? to_float(d_[at]) : 0.0f;
          winner[j][f] = there ? argmax_[at] : 0;
        }
      }
#pragma unroll
      for (int j = 0; j < kAtOnce; ++j) {
        if (w + j >= end) break;
        const std::int64_t start = (w + j) * stride_ - first;
#pragma unroll
        for (int f = 0; f < kFiltersOfLane; ++f) {
          std::int64_t row = start + winner[j][f];
          if (row < 0 || row > last - first) continue;
          if (walk.step > 1) {
            if (row % walk.step != 0) continue;
            row /= walk.step;
          }
          Pair& pair = column[row * 32];
          (f == 0 ? pair.x : pair.y) += d[j][f];
        }
      }
    }
  }
  __device__ __forceinline__ void load(const OnehotConv1d&, const Walk&, int i, const Pair* tile,
                                       Pair (&to)[kTaps]) const {
    const Pair* column = tile + i % kTile * 32 + threadIdx.x % 32;
#pragma unroll
    for (int u = 0; u < kTaps; ++u) to[u] = column[u * 32];
  }

 private:
  const T* __restrict__ d_;
  const std::uint8_t* __restrict__ argmax_;
  std::int64_t windows_, width_, stride_, pad_left_;
};

constexpr int kSums = kBases * kTaps * kFiltersOfLane;  // of a lane
using Sums = float[kBases][kTaps][kFiltersOfLane];

/// Adds a lane's sums to its totals, a column in shared memory, and starts them anew.
__device__ __forceinline__ void add_to_totals(Sums& sums, float* totals) {
#pragma unroll
  for (int base = 0; base < kBases; ++base) {
#pragma unroll
    for (int tap = 0; tap < kTaps; ++tap) {
#pragma unroll
      for (int f = 0; f < kFiltersOfLane; ++f) {
        totals[((base * kTaps + tap) * kFiltersOfLane + f) * 32] += sums[base][tap][f];
        sums[base][tap][f] = 0;
      }
    }
  }
}

/// A warp sums, over a chunk of positions, for 64 filters (two a lane) and 8 taps of all four bases. It walks along the
/// bases of an example with the gradients that the 8 taps see there in registers, a window that moves by one position
/// a step. All lanes look at the same base, so that only its 8 x 2 sums are added to, behind branches that the whole
/// warp takes: one addition for each product that is not zero, a quarter of what a matrix product would do. The
/// gradient of eight steps ahead is on its way while eight are added.
///
/// Basset's first layer at batch 256 (300 x 19 over 600): 0.88 G additions that count, 1.1 G with taps padded to 24, or
/// 38 µs of an H100's fp32 units, and as much again for what steers them, next to the 61 µs (bf16: 31) that reading dy
/// once takes; the tap groups that share it stand in one block and find it in the caches. Partial sums: 14 MB.
///
/// Sums run over 256 steps and are then added to totals, which go to `partials` [chunks, width, 4, filters].
template <typename Gradient, bool kQuarters>
__global__ void __launch_bounds__(32 * kMostWarps)
    filter_gradient_kernel(DnaSource dna, Plan plan, Gradient gradient, float* __restrict__ partials) {
  KERNEL_DYNAMIC_SHARED(float, shared);
  constexpr int kSharedOfWarp = 32 * kSums + 2 * Gradient::kSharedPairs;
  float* const of_warp = shared + threadIdx.x / 32 * kSharedOfWarp;
  float* const totals = of_warp + threadIdx.x % 32;
  Pair* const tile = reinterpret_cast<Pair*>(of_warp + 32 * kSums);
  const OnehotConv1d& n = plan.n;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const std::int64_t warp = grid_begin() / 32, tap_groups = plan.tap_groups();
  if (warp >= plan.warps()) return;
  const std::int64_t tap_group = warp % tap_groups, chunk = warp / tap_groups / plan.filter_groups;
  const std::int64_t filter = warp / tap_groups % plan.filter_groups * kFiltersOfWarp + lane;
  const std::int64_t first_tap = tap_group / plan.class_groups;        // of the class
  const std::int64_t skipped = tap_group % plan.class_groups * kTaps;  // taps of the class before the group's

  const bool all_filters = filter - lane + kFiltersOfWarp <= n.filters;

  Sums sums = {};
#pragma unroll
  for (int i = 0; i < kSums; ++i) totals[i * 32] = 0;
  int summed = 0;

  const std::int64_t end = std::min((chunk + 1) * plan.chunk, n.batch * n.positions);
  for (std::int64_t position = chunk * plan.chunk, count; position < end; position += count) {
    const std::int64_t b = position / n.positions, o = position % n.positions;
    count = std::min(n.positions - o, end - position);
    const DnaExample example(dna, b);
    for (std::int64_t offset = 0; offset < plan.step && offset < count; ++offset) {
      const Walk walk{b,
                      o + offset,
                      filter,
                      static_cast<int>(plan.step),
                      static_cast<int>(ceil_div(count - offset, plan.step)),
                      all_filters};
      // The base that the group's first tap sees from the walk's first position, and from one to the next.
      const std::int64_t base_step = plan.step * n.stride;
      const std::int64_t first_base = walk.first * n.stride + first_tap * n.dilation + skipped * base_step - n.pad_left;
      gradient.enter_tile(n, walk, 0, tile);
      Pair window[kTaps] = {}, ahead[kTaps];
      gradient.load(n, walk, 0, tile, ahead);

      std::uint32_t known = 0, unknown = 0, low = 0, high = 0;
      for (int i = 0; i < walk.count + kTaps - 1; i += kTaps) {
        if (i % kTile == 0) {
          const int code = example.code(first_base + (i + lane) * base_step);
          known = __ballot_sync(kAllLanes, code < kBases);
          low = __ballot_sync(kAllLanes, code & 1);
          high = __ballot_sync(kAllLanes, code & 2);
          if constexpr (kQuarters) unknown = __ballot_sync(kAllLanes, code == kBases);
        }
        if ((i + kTaps) % kTile == 0) gradient.enter_tile(n, walk, i + kTaps, tile);
        Pair now[kTaps];
#pragma unroll
        for (int u = 0; u < kTaps; ++u) now[u] = ahead[u];
        gradient.load(n, walk, i + kTaps, tile, ahead);
#pragma unroll
        for (int u = 0; u < kTaps; ++u) {
          window[u] = now[u];
          const auto add = [&](int base, float share) {
#pragma unroll
            for (int tap = 0; tap < kTaps; ++tap) {
              const Pair& seen = window[(u - tap + kTaps) % kTaps];
              sums[base][tap][0] += share * seen.x;
              sums[base][tap][1] += share * seen.y;
            }
          };
          if (known >> u & 1) {
            if (high >> u & 1) {
              if (low >> u & 1) {
                add(3, 1.0f);
              } else {
                add(2, 1.0f);
              }
            } else if (low >> u & 1) {
              add(1, 1.0f);
            } else {
              add(0, 1.0f);
            }
          }
          if constexpr (kQuarters) {
            if (unknown >> u & 1) {
#pragma unroll
              for (int base = 0; base < kBases; ++base) add(base, 0.25f);
            }
          }
        }
        known >>= kTaps, unknown >>= kTaps, low >>= kTaps, high >>= kTaps;
        summed += kTaps;
        if (summed < kStepsOfSum) continue;
        summed = 0;
        add_to_totals(sums, totals);
      }
    }
  }
  add_to_totals(sums, totals);

  float* const to = partials + chunk * plan.elements() + filter;
#pragma unroll
  for (int tap = 0; tap < kTaps; ++tap) {
    const std::int64_t k = first_tap + (skipped + tap) * plan.classes;
    if (k >= n.width) break;
#pragma unroll
    for (int base = 0; base < kBases; ++base) {
#pragma unroll
      for (int f = 0; f < kFiltersOfLane; ++f) {
        if (filter + 32 * f < n.filters)
          to[(k * kBases + base) * n.filters + 32 * f] = totals[((base * kTaps + tap) * kFiltersOfLane + f) * 32];
      }
    }
  }
}

template <typename Gradient>
void launch_filter_gradient(const DnaSource& dna, const Plan& plan, const Gradient& gradient, float* partials,
                            Stream stream) {
  const std::int64_t warps = plan.warps_of_block(), blocks = ceil_div(plan.warps(), warps);
  if (blocks > 0x7fffffff) throw std::runtime_error("kernel launch refused: too many filters for one grid");
  const std::size_t shared_bytes = warps * (32 * kSums * sizeof(float) + Gradient::kSharedPairs * sizeof(Pair));
  const auto run = [&](auto kernel) {
    launch(kernel, static_cast<unsigned>(blocks), static_cast<unsigned>(32 * warps), shared_bytes, stream, dna, plan,
           gradient, partials);
  };
  plan.n.quarters ? run(filter_gradient_kernel<Gradient, true>) : run(filter_gradient_kernel<Gradient, false>);
}

}  // namespace

void onehot_filter_gradient(const OnehotConv1d& conv, const DnaSource& dna, const OutputGradient& gradient,
                            void* dfilters, void* scratch, Stream stream) {
  const Plan plan(conv);
  auto* partials = static_cast<float*>(scratch);
  if (plan.warps() > 0) {
    with_storage(gradient.storage, [&](auto type) {
      using T = decltype(type);
      if (gradient.argmax == nullptr) {
        launch_filter_gradient(dna, plan, DenseGradient<T>(gradient), partials, stream);
      } else {
        launch_filter_gradient(dna, plan, PooledGradient<T>(gradient), partials, stream);
      }
    });
  }
  sum(plan.sum(), Storage::f32, partials, gradient.storage, dfilters,
      static_cast<unsigned char*>(scratch) + plan.partial_bytes(), stream);
}

std::size_t onehot_filter_gradient_scratch(const OnehotConv1d& conv) {
  const Plan plan(conv);
  return plan.partial_bytes() + sum_scratch(plan.sum(), Storage::f32);
}

}  // namespace genocuda::kernels
