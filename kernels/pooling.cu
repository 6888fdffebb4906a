// SPDX-License-Identifier: Apache-2.0
#include "kernels/columns.cuh"
#include "kernels/grid.cuh"
#include "kernels/pooling.cuh"

namespace genocuda::kernels {
namespace {

template <int kChannels>
__device__ __forceinline__ void store_argmax(Argmax argmax, std::int64_t i, const int (&winners)[kChannels]) {
  if (argmax.narrow) {
    std::uint8_t raw[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) raw[c] = static_cast<std::uint8_t>(winners[c]);
    store_run<kChannels>(static_cast<std::uint8_t*>(argmax.data) + i, raw);
  } else {
    store_run<kChannels>(static_cast<int*>(argmax.data) + i, winners);
  }
}

/// What a window's maximum is made with, one channel at a time: the first of the largest, NaN being larger than all.
template <typename T>
struct Largest {
  struct State {
    float value;
    int winner;  ///< k; kNone before the first position
  };
  static constexpr int kNone = 0x7fffffff;

  T* y;
  Argmax argmax;

  __device__ static State start() { return {-INFINITY, kNone}; }
  __device__ static bool beats(float challenger, float champion) {
    return challenger > champion || (isnan(challenger) && !isnan(champion));
  }
  /// Takes positions k0 + j · step in, of which those in [first, last) count; the values of others are 0.
  template <int kRun, int kChannels>
  __device__ static void take(State (&state)[kChannels], const float (&values)[kRun][kChannels], std::int64_t k0,
                              int step, std::int64_t first, std::int64_t last) {
#pragma unroll
    for (int j = 0; j < kRun; ++j) {
      const std::int64_t k = k0 + j * step;
      if (k < first || k >= last) continue;
#pragma unroll
      for (int c = 0; c < kChannels; ++c) {
        if (beats(values[j][c], state[c].value) || state[c].winner == kNone) {
          state[c] = {values[j][c], static_cast<int>(k)};
        }
      }
    }
  }
  __device__ static State merge(State a, State b) {
    return beats(b.value, a.value) || (!beats(a.value, b.value) && b.winner < a.winner) ? b : a;
  }
  template <int kChannels>
  __device__ void write(std::int64_t i, const State (&state)[kChannels], const PoolWindow&) const {
    float values[kChannels];
    int winners[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) {
      values[c] = state[c].value;
      winners[c] = state[c].winner;
    }
    store_floats<kChannels>(y + i, values);
    store_argmax<kChannels>(argmax, i, winners);
  }
};

/// The same for the mean.
template <typename T>
struct Mean {
  using State = double;

  T* y;

  __device__ static State start() { return 0; }
  template <int kRun, int kChannels>
  __device__ static void take(State (&state)[kChannels], const float (&values)[kRun][kChannels], std::int64_t, int,
                              std::int64_t, std::int64_t) {
#pragma unroll
    for (int c = 0; c < kChannels; ++c) {
      float terms[kRun];
#pragma unroll
      for (int j = 0; j < kRun; ++j) {
        terms[j] = values[j][c];
      }
      state[c] += tree_sum<kRun>(terms);
    }
  }
  __device__ static State merge(State a, State b) { return a + b; }
  template <int kChannels>
  __device__ void write(std::int64_t i, const State (&state)[kChannels], const PoolWindow& window) const {
    float values[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] = static_cast<float>(state[c]) / window.positions();
    store_floats<kChannels>(y + i, values);
  }
};

/// A pool of one kind: x and where it goes.
template <template <typename> typename Kind, typename T, int kChannels>
struct Pooling {
  using State = typename Kind<T>::State;

  Pool1d n;
  const T* x;
  Kind<T> of;
  bool aligned;
  Divisor by_windows{n.windows};

  /// Takes in positions k, k + step, … (kRun of them) of a window of sequence b, channels from `channel` on.
  template <int kRun>
  __device__ void take(State (&state)[kChannels], const PoolWindow& window, std::int64_t b, std::int64_t k, int step,
                       std::int64_t channel) const {
    float values[kRun][kChannels];
#pragma unroll
    for (int j = 0; j < kRun; ++j) {
      const std::int64_t position = window.start + k + j * step;
      if (position >= window.first && position < window.last) {
        load_floats<kChannels>(values[j], x + (b * n.length + position) * n.channels + channel, aligned);
      } else {
#pragma unroll
        for (int c = 0; c < kChannels; ++c) values[j][c] = 0;
      }
    }
    of.template take<kRun>(state, values, k, step, window.first - window.start, window.last - window.start);
  }
};

/// y (and argmax) of short windows: a thread pools one window of 16 bytes of neighbouring channels, neighbouring
/// threads the channels beside, so that warps read and write whole lines. Bound by memory: x comes once from memory,
/// for overlapping windows from then on from the caches.
template <template <typename> typename Kind, typename T, int kChannels>
__global__ void __launch_bounds__(kPoolThreads) pool1d_kernel(Pooling<Kind, T, kChannels> pool, Divisor by_across) {
  const Pool1d& n = pool.n;
  const std::int64_t items = n.batch * n.windows * n.channels / kChannels;
  for (std::int64_t i = grid_begin(); i < items; i += grid_step()) {
    const auto [row, item] = by_across.divide(i);
    const auto [b, o] = pool.by_windows.divide(row);
    const std::int64_t channel = item * kChannels;
    const PoolWindow window(n, o);
    typename Kind<T>::State state[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) state[c] = Kind<T>::start();
    for (std::int64_t k = window.first - window.start; k < window.last - window.start; k += kPoolsAhead) {
      pool.template take<kPoolsAhead>(state, window, b, k, 1, channel);
    }
    pool.of.template write<kChannels>(i * kChannels, state, window);
  }
}

/// Long windows as columns to be reduced: [batch · windows, width, channels].
template <template <typename> typename Kind, typename T, int kChannels>
struct LongWindows {
  static constexpr int kColumns = kChannels;
  using State = typename Kind<T>::State;

  Pooling<Kind, T, kChannels> pool;

  __device__ static State start() { return Kind<T>::start(); }
  __device__ void add(State (&state)[kColumns], std::int64_t outer, std::int64_t row, int step, int,
                      std::int64_t channel) const {
    const auto [b, o] = pool.by_windows.divide(outer);
    const PoolWindow window(pool.n, o);
    pool.template take<kPoolsAhead>(state, window, b, row, step, channel);
    pool.template take<kPoolsAhead>(state, window, b, row + kPoolsAhead * step, step, channel);
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return Kind<T>::merge(a, b); }
  __device__ void write(std::int64_t outer, std::int64_t, std::int64_t channel, State state, std::int64_t) const {
    const State states[1] = {state};
    pool.of.template write<1>(outer * pool.n.channels + channel, states,
                              PoolWindow(pool.n, pool.by_windows.divide(outer).remainder));
  }
};

/// y (and argmax) of few long windows, as global pools have: a block walks one window of a tile of channels, all its
/// threads at once.
template <template <typename> typename Kind, typename T, int kChannels>
__global__ void __launch_bounds__(kColumnThreads, 2)
    pool1d_long_kernel(ColumnCut cut, LongWindows<Kind, T, kChannels> task) {
  reduce_columns(cut, task);
}

/// `of`: the pool's outputs, for the storage of its argument.
template <template <typename> typename Kind, typename MakeKind>
void pool(const Pool1d& n, Storage storage, const void* x, bool outputs_aligned, MakeKind of, Stream stream) {
  constexpr std::int64_t kLong = 32, kManyOutputs = 1 << 19;
  const std::int64_t outputs = n.batch * n.windows * n.channels;
  if (n.width < kLong || outputs > kManyOutputs) {
    with_channels(n, storage, aligned16(x) && outputs_aligned, [&]<typename T, int kChannels>() {
      launch(pool1d_kernel<Kind, T, kChannels>, blocks_for(outputs / kChannels, kPoolThreads), kPoolThreads, 0, stream,
             Pooling<Kind, T, kChannels>{n, static_cast<const T*>(x), of(T{}), true}, Divisor(n.channels / kChannels));
    });
  } else {  // whose threads share sums, so that addresses must not decide on the threads
    with_channels(n, storage, true, [&]<typename T, int kChannels>() {
      const ColumnCut cut(n.batch * n.windows, n.width, n.channels, kChannels, 1);
      launch(pool1d_long_kernel<Kind, T, kChannels>, cut.grid(), kColumnThreads, 0, stream, cut,
             LongWindows<Kind, T, kChannels>{{n, static_cast<const T*>(x), of(T{}), aligned16(x)}});
    });
  }
}

}  // namespace

void max_pool1d(const Pool1d& n, Storage storage, const void* x, void* y, Argmax argmax, Stream stream) {
  if (!has_outputs(n)) return;
  const auto outputs = [&]<typename T>(T) { return Largest<T>{static_cast<T*>(y), argmax}; };
  pool<Largest>(n, storage, x, aligned16(y, argmax.data), outputs, stream);
}

void avg_pool1d(const Pool1d& n, Storage storage, const void* x, void* y, Stream stream) {
  if (!has_outputs(n)) return;
  const auto outputs = [&]<typename T>(T) { return Mean<T>{static_cast<T*>(y)}; };
  pool<Mean>(n, storage, x, aligned16(y), outputs, stream);
}

}  // namespace genocuda::kernels
