// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include "kernels/grid.cuh"
#include "kernels/storage.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;

/// One thread an element of y: neighbouring threads read neighbouring channels.
template <typename T, typename Index>
__global__ void __launch_bounds__(kThreads)
    max_pool1d_kernel(Pool1d n, const T* __restrict__ x, T* __restrict__ y, Index* __restrict__ argmax) {
  const std::int64_t elements = n.batch * n.windows * n.channels;
  for (std::int64_t i = grid_begin(); i < elements; i += grid_step()) {
    const std::int64_t channel = i % n.channels, window = i / n.channels % n.windows, b = i / n.channels / n.windows;
    const std::int64_t start = window * n.stride - n.pad_left;
    const std::int64_t first = start < 0 ? -start : 0;
    const std::int64_t last = start + n.width > n.length ? n.length - start : n.width;
    const T* from = x + (b * n.length + start) * n.channels + channel;
    float best = to_float(from[first * n.channels]);
    std::int64_t winner = first;
    for (std::int64_t k = first + 1; k < last; ++k) {
      const float value = to_float(from[k * n.channels]);
      if (value > best || (isnan(value) && !isnan(best))) {
        best = value;
        winner = k;
      }
    }
    y[i] = from_float<T>(best);
    argmax[i] = static_cast<Index>(winner);
  }
}

}  // namespace

void max_pool1d(const Pool1d& n, Storage storage, const void* x, void* y, Argmax argmax, Stream stream) {
  const std::int64_t elements = n.batch * n.windows * n.channels;
  if (elements == 0) return;
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    const auto run = [&](auto index) {
      using Index = decltype(index);
      launch(max_pool1d_kernel<T, Index>, blocks_for(elements, kThreads), kThreads, 0, stream, n,
             static_cast<const T*>(x), static_cast<T*>(y), static_cast<Index*>(argmax.data));
    };
    argmax.narrow ? run(std::uint8_t{}) : run(std::int32_t{});
  });
}

}  // namespace genocuda::kernels
