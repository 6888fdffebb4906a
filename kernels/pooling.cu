// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include "kernels/columns.cuh"
#include "kernels/divisor.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;
/// Positions, or windows, that a thread loads before it uses any.
constexpr int kAhead = 4;

/// The positions of a window that lie in the sequence: [first, last), `start` being where k is 0.
struct Window {
  std::int64_t start, first, last;
  __device__ Window(const Pool1d& n, std::int64_t window)
      : start(window * n.stride - n.pad_left),
        first(start < 0 ? 0 : start),
        last(start + n.width < n.length ? start + n.width : n.length) {}
  __device__ float positions() const { return static_cast<float>(last - first); }
};

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
  __device__ void write(std::int64_t i, const State (&state)[kChannels], const Window&) const {
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
  __device__ void write(std::int64_t i, const State (&state)[kChannels], const Window& window) const {
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
  __device__ void take(State (&state)[kChannels], const Window& window, std::int64_t b, std::int64_t k, int step,
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
__global__ void __launch_bounds__(kThreads) pool1d_kernel(Pooling<Kind, T, kChannels> pool, Divisor by_across) {
  const Pool1d& n = pool.n;
  const std::int64_t items = n.batch * n.windows * n.channels / kChannels;
  for (std::int64_t i = grid_begin(); i < items; i += grid_step()) {
    const auto [row, item] = by_across.divide(i);
    const auto [b, o] = pool.by_windows.divide(row);
    const std::int64_t channel = item * kChannels;
    const Window window(n, o);
    typename Kind<T>::State state[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) state[c] = Kind<T>::start();
    for (std::int64_t k = window.first - window.start; k < window.last - window.start; k += kAhead) {
      pool.template take<kAhead>(state, window, b, k, 1, channel);
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
    const Window window(pool.n, o);
    pool.template take<kAhead>(state, window, b, row, step, channel);
    pool.template take<kAhead>(state, window, b, row + kAhead * step, step, channel);
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return Kind<T>::merge(a, b); }
  __device__ void write(std::int64_t outer, std::int64_t, std::int64_t channel, State state, std::int64_t) const {
    const State states[1] = {state};
    pool.of.template write<1>(outer * pool.n.channels + channel, states,
                              Window(pool.n, pool.by_windows.divide(outer).remainder));
  }
};

/// y (and argmax) of few long windows, as global pools have: a block walks one window of a tile of channels, all its
/// threads at once.
template <template <typename> typename Kind, typename T, int kChannels>
__global__ void __launch_bounds__(kColumnThreads, 2)
    pool1d_long_kernel(ColumnCut cut, LongWindows<Kind, T, kChannels> task) {
  reduce_columns(cut, task);
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
    const float positions = Window(n, window).positions();
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] /= positions;
  }
};

/// dx: a thread gathers for 16 bytes of neighbouring channels of one position from the windows that hold it, which lie
/// side by side; where windows leave gaps there is none. Bound by memory: the windows' gradients come once from memory
/// and to their other positions from the caches.
template <template <typename> typename From, typename T, int kChannels>
__global__ void __launch_bounds__(kThreads)
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
    for (std::int64_t window = first; window <= last; window += kAhead) {
      float values[kAhead][kChannels];
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
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
        float terms[kAhead];
#pragma unroll
        for (int j = 0; j < kAhead; ++j) terms[j] = values[j][c];
        sums[c] += tree_sum<kAhead>(terms);
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
__global__ void __launch_bounds__(kThreads)
    max_pool1d_gather_kernel(Pool1d n, Divisor by_across, Divisor by_windows, const T* __restrict__ t, Argmax argmax,
                             T* __restrict__ y) {
  const std::int64_t items = n.batch * n.windows * n.channels / kChannels;
  for (std::int64_t i = grid_begin(); i < items; i += grid_step()) {
    const auto [row, pack] = by_across.divide(i);
    const auto [b, o] = by_windows.divide(row);
    const T* from = t + (b * n.length + Window(n, o).start) * n.channels + pack * kChannels;
    int winners[kChannels];
    load_argmax<kChannels>(winners, argmax, i * kChannels);
    T values[kChannels];
#pragma unroll
    for (int c = 0; c < kChannels; ++c) values[c] = from[winners[c] * n.channels + c];
    store_run<kChannels>(y + i * kChannels, values);
  }
}

/// Calls `f.operator()<T, channels a thread>()`: 16 bytes of them where shape and addresses allow.
template <typename F>
void with_channels(const Pool1d& n, Storage storage, bool aligned, F f) {
  with_storage(storage, [&](auto type) {
    using T = decltype(type);
    if (n.channels % Pack<T>::kSize == 0 && aligned) {
      f.template operator()<T, Pack<T>::kSize>();
    } else {
      f.template operator()<T, 1>();
    }
  });
}

/// `of`: the pool's outputs, for the storage of its argument.
template <template <typename> typename Kind, typename MakeKind>
void pool(const Pool1d& n, Storage storage, const void* x, bool outputs_aligned, MakeKind of, Stream stream) {
  constexpr std::int64_t kLong = 32, kManyOutputs = 1 << 19;
  const std::int64_t outputs = n.batch * n.windows * n.channels;
  if (n.width < kLong || outputs > kManyOutputs) {
    with_channels(n, storage, aligned16(x) && outputs_aligned, [&]<typename T, int kChannels>() {
      launch(pool1d_kernel<Kind, T, kChannels>, blocks_for(outputs / kChannels, kThreads), kThreads, 0, stream,
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

template <int kChannels, template <typename> typename From, typename T>
void pool_backward(const Pool1d& n, const From<T>& from, void* dx, Stream stream) {
  launch(pool1d_backward_kernel<From, T, kChannels>, blocks_for(n.batch * n.length * n.channels / kChannels, kThreads),
         kThreads, 0, stream, n, Divisor(n.channels / kChannels), Divisor(n.length), Divisor(n.stride), from,
         static_cast<T*>(dx));
}

bool has_outputs(const Pool1d& n) { return n.batch * n.windows * n.channels > 0; }
bool has_inputs(const Pool1d& n) { return n.batch * n.length * n.channels > 0; }

}  // namespace

void max_pool1d(const Pool1d& n, Storage storage, const void* x, void* y, Argmax argmax, Stream stream) {
  if (!has_outputs(n)) return;
  const auto outputs = [&]<typename T>(T) { return Largest<T>{static_cast<T*>(y), argmax}; };
  pool<Largest>(n, storage, x, aligned16(y, argmax.data), outputs, stream);
}

void max_pool1d_backward(const Pool1d& n, Storage storage, const void* dy, Argmax argmax, void* dx, Stream stream) {
  if (!has_inputs(n)) return;
  with_channels(n, storage, aligned16(dy, dx, argmax.data), [&]<typename T, int kChannels>() {
    pool_backward<kChannels>(n, FromWinner<T>{static_cast<const T*>(dy), argmax}, dx, stream);
  });
}

void max_pool1d_gather(const Pool1d& n, Storage storage, const void* t, Argmax argmax, void* y, Stream stream) {
  if (!has_outputs(n)) return;
  with_channels(n, storage, aligned16(argmax.data, y), [&]<typename T, int kChannels>() {
    launch(max_pool1d_gather_kernel<T, kChannels>, blocks_for(n.batch * n.windows * n.channels / kChannels, kThreads),
           kThreads, 0, stream, n, Divisor(n.channels / kChannels), Divisor(n.windows), static_cast<const T*>(t),
           argmax, static_cast<T*>(y));
  });
}

void avg_pool1d(const Pool1d& n, Storage storage, const void* x, void* y, Stream stream) {
  if (!has_outputs(n)) return;
  const auto outputs = [&]<typename T>(T) { return Mean<T>{static_cast<T*>(y)}; };
  pool<Mean>(n, storage, x, aligned16(y), outputs, stream);
}

void avg_pool1d_backward(const Pool1d& n, Storage storage, const void* dy, void* dx, Stream stream) {
  if (!has_inputs(n)) return;
  with_channels(n, storage, aligned16(dy, dx), [&]<typename T, int kChannels>() {
    pool_backward<kChannels>(n, FromMean<T>{static_cast<const T*>(dy)}, dx, stream);
  });
}

}  // namespace genocuda::kernels
