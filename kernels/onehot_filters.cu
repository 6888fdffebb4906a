// SPDX-License-Identifier: Apache-2.0
// Filters in the order of fragments (kernels/onehot_mma.cuh). Packed anew on each run: training changes them.
#include "kernels/onehot_mma.cuh"

namespace genocuda::kernels {
namespace onehot_mma {
namespace {

constexpr int kPackThreads = 256;
constexpr int kPackRows = kPackThreads / kFilters;

/// The power of two that brings a magnitude into [2^13, 2^14), well inside of fp16, or as near as float can.
__device__ __forceinline__ int scale_exponent(float largest) {
  const int exponent = static_cast<int>(__float_as_uint(largest) >> 23);  // 127 more than that of 2
  const int up = 13 + 127 - exponent;
  return largest == 0 ? 0 : up > 126 ? 126 : up;
}
__device__ __forceinline__ float power_of_two(int exponent) {
  return __uint_as_float(static_cast<std::uint32_t>(exponent + 127) << 23);
}

__device__ __forceinline__ std::uint32_t half_bits(float value) { return __half_as_ushort(__float2half_rn(value)); }
__device__ __forceinline__ std::uint32_t bf16_bits(float value) {
  return __bfloat16_as_ushort(__float2bfloat16_rn(value));
}

/// One block a group of 32 filters: first the largest magnitude of each filter and whether it has a number that is not
/// finite, then the fragments, a word (two weights) a thread. 90 KB for Basset's first layer: a launch's time.
template <FilterForm kForm, typename T>
__global__ void __launch_bounds__(kPackThreads)
    pack_filters_kernel(OnehotConv1d conv, const T* __restrict__ filters, PackedFilters packed, int words) {
  KERNEL_SHARED(float, largest, [kPackRows][kFilters]);
  KERNEL_SHARED(int, finite, [kPackRows][kFilters]);
  KERNEL_SHARED(float, scale, [kFilters]);
  const int tid = static_cast<int>(threadIdx.x), rows = static_cast<int>(conv.width) * kBases;
  const std::int64_t group = blockIdx.x;
  const auto weight = [&](int row, int filter) {
    const std::int64_t f = group * kFilters + filter;
    return row < rows && f < conv.filters ? to_float(filters[row * conv.filters + f]) : 0.0f;
  };
  const auto is_finite = [](float value) { return fabsf(value) <= 3.40282347e38f; };

  {
    const int filter = tid % kFilters, first = tid / kFilters;
    float most = 0;
    bool all = true;
    for (int row = first; row < rows; row += kPackRows) {
      const float value = weight(row, filter);
      all = all && is_finite(value);
      if (is_finite(value)) most = fmaxf(most, fabsf(value));
    }
    largest[first][filter] = most;
    finite[first][filter] = all;
  }
  __syncthreads();
  if (tid < kFilters) {
    float most = 0;
    bool all = true;
    for (int row = 0; row < kPackRows; ++row) {
      most = fmaxf(most, largest[row][tid]);
      all = all && finite[row][tid];
    }
    const int exponent = kForm == FilterForm::split ? scale_exponent(most) : 0;
    scale[tid] = power_of_two(exponent);
    packed.scales[group * kFilters + tid] = power_of_two(-exponent);
    const std::uint32_t unusual = __ballot_sync(0xffffffffu, !all);
    if (tid == 0) packed.unusual[group] = unusual;
  }
  __syncthreads();

  std::uint32_t* to = packed.fragments + group * words;
  constexpr int kParts = parts(kForm), kTile = 64;  // words of a part of 8 filters in a product
  for (int i = tid; i < words / kParts; i += kPackThreads) {
    const int half = i % 2, lane = i / 2 % 32, n = i / kTile % kTiles, product = i / (kTile * kTiles);
    const int filter = filter_of(n, lane / 4);
    std::uint32_t high = 0, low = 0;
    for (int z = 0; z < 2; ++z) {
      const float value = weight(16 * product + 2 * (lane % 4) + 8 * half + z, filter);
      const float scaled = is_finite(value) ? value * scale[filter] * 0.5f : 0.0f;
      if constexpr (kForm == FilterForm::split) {
        const __half rounded = __float2half_rn(scaled);
        high |= static_cast<std::uint32_t>(__half_as_ushort(rounded)) << 16 * z;
        low |= half_bits((scaled - __half2float(rounded)) * 4096.0f) << 16 * z;
      } else {
        high |= bf16_bits(scaled) << 16 * z;
      }
    }
    std::uint32_t* word = to + (product * kParts * kTiles + n) * kTile + i % kTile;
    *word = high;
    if constexpr (kForm == FilterForm::split) word[kTiles * kTile] = low;
  }
}

}  // namespace

PackedFilters packed_filters(const OnehotConv1d& conv, FilterForm form, void* scratch) {
  auto* fragments = static_cast<std::uint32_t*>(scratch);
  auto* scales = reinterpret_cast<float*>(fragments + groups(conv) * group_words(conv, form));
  return {fragments, scales, reinterpret_cast<std::uint32_t*>(scales + groups(conv) * kFilters)};
}

void pack_filters(const OnehotConv1d& conv, FilterForm form, Storage storage, const void* filters,
                  const PackedFilters& packed, Stream stream) {
  with_form(form, storage, [&](auto type, auto constant) {
    using T = decltype(type);
    launch(pack_filters_kernel<decltype(constant)::value, T>, static_cast<unsigned>(groups(conv)), kPackThreads, 0,
           stream, conv, static_cast<const T*>(filters), packed, group_words(conv, form));
  });
}

}  // namespace onehot_mma

bool onehot_mma_takes(const OnehotConv1d& conv) {
  return conv.stride == 1 && conv.dilation == 1 && conv.width <= onehot_mma::kWidest && !conv.quarters &&
         conv.filters <= onehot_mma::kMostFilters;
}

std::size_t onehot_mma_scratch(const OnehotConv1d& conv, FilterForm form) {
  using namespace onehot_mma;
  return groups(conv) * (group_words(conv, form) + kFilters + 1) * sizeof(std::uint32_t);
}

}  // namespace genocuda::kernels
