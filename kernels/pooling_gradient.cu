// SPDX-License-Identifier: Apache-2.0
#include "kernels/grid.cuh"
#include "kernels/pooling.cuh"

namespace genocuda::kernels {
namespace {

/// Winners of kChannels neighbouring channels.
template <int kChannels>
__device__ __forceinline__ void load_argmax(int (&winners)[kChannels], Argmax argmax, std::int64_t i) {
  if (argmax.narrow) {
    std::uint8_t raw[kChannels];
    load_run<kChannels>(raw, static_cast<const std::uint8_t*>(argmax.data) + i);
#pragma unroll
    for (int c = 0; c < kChannels; ++c) winners[c] = raw[c];
  } else {
    load_run<kChannels>(winners, static_cast<const int*>(argmax.data) + i);
  }
}

/// What arrives at a position from a window: the gradient, where the position won.
template <typename T>
struct FromWinner {
  const T* dy;
  Argmax argmax;

  template <int kChannels>
  __device__ void load(float (&values)[kChannels], const Pool1d&, std::int64_t, std::int64_t i, std::int64_t k) const {
    int winners[kChannels];
    load_argmax<kChannels>(winners, argmax, i);
    load_floats<kChannels>(values, dy + i);
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] = winners[c] == k ? values[c] : 0;
  }
};

/// The same where all positions share it.
template <typename T>
struct FromMean {
  const T* dy;

  template <int kChannels>
  __device__ void load(float (&values)[kChannels], const Pool1d& n, std::int64_t window, std::int64_t i,
                       std::int64_t) const {
    load_floats<kChannels>(values, dy + i);
    const float positions = PoolWindow(n, window).positions();
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] /= positions;
  }
};

/// dx: a thread gathers for 16 bytes of neighbouring channels of one position from the windows that hold it, which lie
/// side by side; where windows leave gaps there is none. Bound by memory: the windows' gradients come once from memory
/// and to their other positions from the caches.
template <template <typename> typename From, typename T, int kChannels>
__global__ void __launch_bounds__(kPoolThreads)
    pool1d_backward_kernel(Pool1d n, Divisor by_across, Divisor by_length, Divisor by_stride, From<T> from,
                           T* __restrict__ dx) {
  const std::int64_t items = n.batch * n.length * n.channels / kChannels;
  for (std::int64_t item = grid_begin(); item < items; item += grid_step()) {
    const auto [row, pack] = by_across.divide(item);
    const auto [b, position] = by_length.divide(row);
    const std::int64_t channel = pack * kChannels, place = position + n.pad_left;  // from where the first window starts
    const std::int64_t first = place < n.width ? 0 : by_stride.divide(place - n.width).quotient + 1;
    const std::int64_t newest = by_stride.divide(place).quotient, last = newest < n.windows ? newest : n.windows - 1;
    double sums[kChannels] = {};
    for (std::int64_t window = first; window <= last; window += kPoolsAhead) {
      float values[kPoolsAhead][kChannels];
#pragma unroll
      for (int j = 0; j < kPoolsAhead; ++j) {
        if (window + j <= last) {
          from.template load<kChannels>(values[j], n, window + j, (b * n.windows + window + j) * n.channels + channel,
                                        place - (window + j) * n.stride);
        } else {
#pragma unroll
          for (int c = 0; c < kChannels; ++c) values[j][c] = 0;
        }
      }
#pragma unroll
      for (int c = 0; c < kChannels; ++c) {
        float terms[kPoolsAhead];
#pragma unroll
        for (int j = 0; j < kPoolsAhead; ++j) terms[j] = values[j][c];
        sums[c] += tree_sum<kPoolsAhead>(terms);
      }
    }
    float result[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) result[c] = static_cast<float>(sums[c]);
    store_floats<kChannels>(dx + item * kChannels, result);
  }
}

/// y: a thread fetches for 16 bytes of neighbouring channels of one window; the winners lie in a few neighbouring rows
/// of t.
template <typename T, int kChannels>
__global__ void __launch_bounds__(kPoolThreads)
    max_pool1d_gather_kernel(Pool1d n, Divisor by_across, Divisor by_windows, const T* __restrict__ t, Argmax argmax,
                             T* __restrict__ y) {
  const std::int64_t items = n.batch * n.windows * n.channels / kChannels;
  for (std::int64_t i = grid_begin(); i < items; i += grid_step()) {
    const auto [row, pack] = by_across.divide(i);
    const auto [b, o] = by_windows.divide(row);
    const T* from = t + (b * n.length + PoolWindow(n, o).start) * n.channels + pack * kChannels;
    int winners[kChannels];
    load_argmax<kChannels>(winners, argmax, i * kChannels);
    T values[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] = from[winners[c] * n.channels + c];
    store_run<kChannels>(y + i * kChannels, values);
  }
}

template <int kChannels, template <typename> typename From, typename T>
void pool_backward(const Pool1d& n, const From<T>& from, void* dx, Stream stream) {
  launch(pool1d_backward_kernel<From, T, kChannels>,
         blocks_for(n.batch * n.length * n.channels / kChannels, kPoolThreads), kPoolThreads, 0, stream, n,
         Divisor(n.channels / kChannels), Divisor(n.length), Divisor(n.stride), from, static_cast<T*>(dx));
}

bool has_inputs(const Pool1d& n) { return n.batch * n.length * n.channels > 0; }

}  // namespace

void max_pool1d_backward(const Pool1d& n, Storage storage, const void* dy, Argmax argmax, void* dx, Stream stream) {
  if (!has_inputs(n)) return;
  with_channels(n, storage, aligned16(dy, dx, argmax.data), [&]<typename T, int kChannels>() {
    pool_backward<kChannels>(n, FromWinner<T>{static_cast<const T*>(dy), argmax}, dx, stream);
  });
}

void max_pool1d_gather(const Pool1d& n, Storage storage, const void* t, Argmax argmax, void* y, Stream stream) {
  if (!has_outputs(n)) return;
  with_channels(n, storage, aligned16(argmax.data, y), [&]<typename T, int kChannels>() {
    launch(max_pool1d_gather_kernel<T, kChannels>,
           blocks_for(n.batch * n.windows * n.channels / kChannels, kPoolThreads), kPoolThreads, 0, stream, n,
           Divisor(n.channels / kChannels), Divisor(n.windows), static_cast<const T*>(t), argmax, static_cast<T*>(y));
  });
}

void avg_pool1d_backward(const Pool1d& n, Storage storage, const void* dy, void* dx, Stream stream) {
  if (!has_inputs(n)) return;
  with_channels(n, storage, aligned16(dy, dx), [&]<typename T, int kChannels>() {
    pool_backward<kChannels>(n, FromMean<T>{static_cast<const T*>(dy)}, dx, stream);
  });
}

}  // namespace genocuda::kernels
