// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.h"

#include "kernels/columns.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {
namespace {

/// One number a channel.
class ChannelVector {
 public:
  ChannelVector(const void* data, Storage storage) : data_(const_cast<void*>(data)), storage_(storage) {}
  __device__ float operator[](std::int64_t channel) const {
    return storage_ == Storage::bf16 ? to_float(static_cast<const bf16*>(data_)[channel])
                                     : static_cast<const float*>(data_)[channel];
  }
  __device__ void set(std::int64_t channel, double value) const {
    if (storage_ == Storage::bf16) {
      static_cast<bf16*>(data_)[channel] = from_float<bf16>(static_cast<float>(value));
    } else {
      static_cast<float*>(data_)[channel] = static_cast<float>(value);
    }
  }

 private:
  void* data_;
  Storage storage_;
};

/// y = (x − mean) · scale + shift. The mean in two parts: what is near it must not be rounded away.
struct alignas(16) Normalisation {
  float mean, rest_of_mean, scale, shift;
};

/// Σ dy and Σ dy · (x − mean) of some rows of one channel.
struct GradientSums {
  double plain, weighted;
  __device__ friend GradientSums operator+(GradientSums a, GradientSums b) {
    return {a.plain + b.plain, a.weighted + b.weighted};
  }
};

/// dx = scale · (dy − mean_of_dy − (x − mean) · slope).
struct alignas(16) Backpropagation {
  float mean, scale, mean_of_dy, slope;
};

/// Mean and Σ (x − mean)² of some rows of one channel.
struct Moments {
  double mean, squares;

  /// Of the rows of both; `n` are their numbers. (Chan, Golub, LeVeque 1979.)
  __device__ static Moments merge(Moments a, double n_a, Moments b, double n_b) {
    if (n_b == 0) return a;
    const double share = n_b / (n_a + n_b), apart = b.mean - a.mean;
    return {a.mean + apart * share, a.squares + b.squares + apart * apart * n_a * share};
  }
};

/// The end of the statistics: the outputs of a channel, and what its elements are normalised with.
struct Statistics {
  ChannelVector gamma, beta, mean, variance;
  Normalisation* normalisation;
  double rows, epsilon;

  __device__ void write(std::int64_t channel, Moments moments) const {
    const double spread = moments.squares / rows;
    mean.set(channel, moments.mean);
    variance.set(channel, spread);
    const auto near = static_cast<float>(moments.mean);
    normalisation[channel] = {near, static_cast<float>(moments.mean - near),
                              static_cast<float>(gamma[channel] / sqrt(spread + epsilon)), beta[channel]};
  }
};

/// Moments of chunks of columns. A run of rows is summed in float as differences from its first row, which are small
/// where all rows are alike and exact where they nearly agree; runs are merged in double.
template <typename T, int kChannels>
struct MomentColumns {
  static constexpr int kColumns = kChannels;
  using State = Moments;

  const T* x;
  std::int64_t channels;
  Moments* partials;  ///< [chunks, channels]; null where a chunk is all there is
  Statistics statistics;
  bool aligned;

  __device__ static State start() { return {0, 0}; }
  __device__ void add(State (&state)[kColumns], std::int64_t, std::int64_t row, int step, int count,
                      std::int64_t channel, std::int64_t seen) const {
    T raw[kColumnRun][kColumns];
    const T* from = x + row * channels + channel;
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j)
      load_run<kColumns>(raw[j], from + (j < count ? j * step : 0) * channels, aligned);
    const float by_count = 1.0f / static_cast<float>(count);
#pragma unroll
    for (int v = 0; v < kColumns; ++v) {
      const float first = to_float(raw[0][v]);
      float apart[kColumnRun], squares[kColumnRun];
#pragma unroll
      for (int j = 0; j < kColumnRun; ++j) {
        apart[j] = to_float(raw[j][v]) - first;
        squares[j] = apart[j] * apart[j];
      }
      const float sum = tree_sum<kColumnRun>(apart), mean = sum * by_count;
      const Moments run{static_cast<double>(first) + mean, tree_sum<kColumnRun>(squares) - sum * mean};
      state[v] = Moments::merge(state[v], static_cast<double>(seen), run, count);
    }
  }
  __device__ static State merge(State a, std::int64_t n_a, State b, std::int64_t n_b) {
    return Moments::merge(a, static_cast<double>(n_a), b, static_cast<double>(n_b));
  }
  __device__ void write(std::int64_t, std::int64_t chunk, std::int64_t channel, State state, std::int64_t) const {
    if (partials != nullptr) {
      partials[chunk * channels + channel] = state;
    } else {
      statistics.write(channel, state);
    }
  }
};

/// Moments of the rows of x, a block a chunk of rows of a tile of channels. Reads x once: bound by memory.
template <typename T, int kChannels>
__global__ void __launch_bounds__(kColumnThreads, 2)
    batch_norm_moments_kernel(ColumnCut cut, MomentColumns<T, kChannels> task) {
  reduce_columns(cut, task);
}

/// The chunks' moments as columns to be reduced. Only the last chunk may be shorter than the others.
struct MomentChunks {
  static constexpr int kColumns = 1;
  struct State {
    Moments moments;
    double rows;
  };

  const Moments* partials;
  std::int64_t channels, rows, chunk_rows;
  Statistics statistics;

  __device__ static State start() { return {{0, 0}, 0}; }
  __device__ void add(State (&state)[1], std::int64_t, std::int64_t chunk, int step, int count, std::int64_t channel,
                      std::int64_t) const {
    Moments moments[kColumnRun];
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      moments[j] = partials[(chunk + (j < count ? j * step : 0)) * channels + channel];
    }
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      if (j >= count) continue;
      const std::int64_t left = rows - (chunk + j * step) * chunk_rows;
      state[0] = merge(state[0], 0, {moments[j], static_cast<double>(left < chunk_rows ? left : chunk_rows)}, 0);
    }
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) {
    return {Moments::merge(a.moments, a.rows, b.moments, b.rows), a.rows + b.rows};
  }
  __device__ void write(std::int64_t, std::int64_t, std::int64_t channel, State state, std::int64_t) const {
    statistics.write(channel, state.moments);
  }
};

/// Statistics from the moments of chunks: few numbers, bound by latency.
__global__ void __launch_bounds__(kColumnThreads) batch_norm_statistics_kernel(ColumnCut cut, MomentChunks task) {
  reduce_columns(cut, task);
}

/// How elements are normalised once the statistics of this batch are known.
struct FromBatch {
  const Normalisation* normalisation;
  __device__ Normalisation operator[](std::int64_t channel) const { return normalisation[channel]; }
};

/// The same with given statistics.
struct FromStatistics {
  ChannelVector gamma, beta, mean, variance;
  float epsilon;
  __device__ Normalisation operator[](std::int64_t channel) const {
    return {mean[channel], 0, gamma[channel] / sqrtf(variance[channel] + epsilon), beta[channel]};
  }
};

/// y from x: a thread keeps the numbers of its channels in registers and walks down the rows of its chunk. Reads x and
/// writes y once: bound by memory.
template <typename T, int kChannels, typename From>
__global__ void __launch_bounds__(kColumnThreads, 2)
    batch_norm_apply_kernel(ColumnCut cut, From from, const T* x, T* y) {
  Normalisation of[kChannels];
  for_each_row<kChannels>(
      cut,
      [&](std::int64_t channel) {
#pragma unroll
        for (int c = 0; c < kChannels; ++c) of[c] = from[channel + c];
      },
      [&](std::int64_t first, std::int64_t step, int count) {
        float values[kRowsAhead][kChannels];
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          load_floats<kChannels>(values[j], x + first + (j < count ? j * step : 0));
        }
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          if (j >= count) continue;
#pragma unroll
          for (int c = 0; c < kChannels; ++c) {
            values[j][c] = (values[j][c] - of[c].mean - of[c].rest_of_mean) * of[c].scale + of[c].shift;
          }
          store_floats<kChannels>(y + first + j * step, values[j]);
        }
      });
}

/// The end of the sums of the backward pass.
struct Gradients {
  ChannelVector gamma, mean, variance, dgamma, dbeta;
  Backpropagation* backpropagation;
  double rows, epsilon;
  bool training;

  __device__ void write(std::int64_t channel, GradientSums sums) const {
    const double inverse = 1 / sqrt(variance[channel] + epsilon);
    dbeta.set(channel, sums.plain);
    dgamma.set(channel, sums.weighted * inverse);
    backpropagation[channel] = {mean[channel], static_cast<float>(gamma[channel] * inverse),
                                training ? static_cast<float>(sums.plain / rows) : 0,
                                training ? static_cast<float>(sums.weighted * inverse * inverse / rows) : 0};
  }
};

template <typename T, int kChannels>
struct GradientColumns {
  static constexpr int kColumns = kChannels;
  using State = GradientSums;

  const T* dy;
  const T* x;
  std::int64_t channels;
  GradientSums* partials;  ///< [chunks, channels]; null where a chunk is all there is
  Gradients gradients;
  bool aligned;

  __device__ static State start() { return {0, 0}; }
  __device__ void add(State (&state)[kColumns], std::int64_t, std::int64_t row, int step, int count,
                      std::int64_t channel, std::int64_t) const {
    T raw_dy[kColumnRun][kColumns], raw_x[kColumnRun][kColumns];
#pragma unroll
    for (int j = 0; j < kColumnRun; ++j) {
      const std::int64_t i = (row + (j < count ? j * step : 0)) * channels + channel;
      load_run<kColumns>(raw_dy[j], dy + i, aligned);
      load_run<kColumns>(raw_x[j], x + i, aligned);
    }
#pragma unroll
    for (int v = 0; v < kColumns; ++v) {
      const float mean = gradients.mean[channel + v];
      float plain[kColumnRun], weighted[kColumnRun];
#pragma unroll
      for (int j = 0; j < kColumnRun; ++j) {
        plain[j] = j < count ? to_float(raw_dy[j][v]) : 0;
        weighted[j] = plain[j] * (to_float(raw_x[j][v]) - mean);
      }
      state[v].plain += tree_sum<kColumnRun>(plain);
      state[v].weighted += tree_sum<kColumnRun>(weighted);
    }
  }
  __device__ static State merge(State a, std::int64_t, State b, std::int64_t) { return a + b; }
  __device__ void write(std::int64_t, std::int64_t chunk, std::int64_t channel, State state, std::int64_t) const {
    if (partials != nullptr) {
      partials[chunk * channels + channel] = state;
    } else {
      gradients.write(channel, state);
    }
  }
};

/// Σ dy and Σ dy · (x − mean) of chunks of rows. Reads dy and x once: bound by memory.
template <typename T, int kChannels>
__global__ void __launch_bounds__(kColumnThreads, 2)
    batch_norm_backward_sums_kernel(ColumnCut cut, GradientColumns<T, kChannels> task) {
  reduce_columns(cut, task);
}

/// The same from the sums of chunks: few numbers, bound by latency.
__global__ void __launch_bounds__(kColumnThreads)
    batch_norm_gradients_kernel(ColumnCut cut, SumOfChunks<GradientSums, Gradients> task) {
  reduce_columns(cut, task);
}

/// dx from dy and, in training, x, laid out as batch_norm_apply_kernel. Bound by memory.
template <typename T, int kChannels>
__global__ void __launch_bounds__(kColumnThreads, 2)
    batch_norm_backward_kernel(ColumnCut cut, const Backpropagation* backpropagation, bool training, const T* dy,
                               const T* x, T* dx) {
  Backpropagation of[kChannels];
  for_each_row<kChannels>(
      cut,
      [&](std::int64_t channel) {
#pragma unroll
        for (int c = 0; c < kChannels; ++c) of[c] = backpropagation[channel + c];
      },
      [&](std::int64_t first, std::int64_t step, int count) {
        float values[kRowsAhead][kChannels], centred[kRowsAhead][kChannels];
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          const std::int64_t i = first + (j < count ? j * step : 0);
          load_floats<kChannels>(values[j], dy + i);
          if (training) load_floats<kChannels>(centred[j], x + i);
        }
#pragma unroll
        for (int j = 0; j < kRowsAhead; ++j) {
          if (j >= count) continue;
#pragma unroll
          for (int c = 0; c < kChannels; ++c) {
            if (training) values[j][c] -= of[c].mean_of_dy + (centred[j][c] - of[c].mean) * of[c].slope;
            values[j][c] *= of[c].scale;
          }
          store_floats<kChannels>(dx + first + j * step, values[j]);
        }
      });
}

/// Calls `f.operator()<T, channels a thread>()`. Four are 16 bytes of floats and 8 of bf16, of which wider runs would
/// take more registers than there are.
template <typename F>
void with_channels(const BatchNorm& n, bool aligned, F f) {
  with_storage(n.storage, [&](auto type) {
    using T = decltype(type);
    if (n.channels % 4 == 0 && aligned) {
      f.template operator()<T, 4>();
    } else {
      f.template operator()<T, 1>();
    }
  });
}
/// The same for sums, whose order must not depend on addresses.
template <typename F>
void with_channels(const BatchNorm& n, F f) {
  with_channels(n, true, f);
}

/// For sums over rows, and for what is done to each of them.
ColumnCut cut_for_sums(const BatchNorm& n, int channels_of_thread) {
  return {1, n.rows, n.channels, channels_of_thread};
}
ColumnCut cut_for_rows(const BatchNorm& n, int channels_of_thread) {
  return {1, n.rows, n.channels, channels_of_thread, 2048};
}

/// Scratch: 16 bytes a channel, then 16 bytes a channel of each chunk if there are several.
template <typename PerChannel, typename Partial>
struct Scratch {
  PerChannel* of_channels;
  Partial* partials;  ///< null for one chunk
  Scratch(const BatchNorm& n, const ColumnCut& cut, void* scratch)
      : of_channels(static_cast<PerChannel*>(scratch)),
        partials(cut.chunks > 1 ? reinterpret_cast<Partial*>(of_channels + n.channels) : nullptr) {
    static_assert(sizeof(PerChannel) == 16 && sizeof(Partial) == 16);
  }
};

/// y = normalised x.
template <typename From>
void apply(const BatchNorm& n, const From& from, const void* x, void* y, Stream stream) {
  with_channels(n, aligned16(x, y), [&]<typename T, int kChannels>() {
    const ColumnCut rows = cut_for_rows(n, kChannels);
    launch(batch_norm_apply_kernel<T, kChannels, From>, rows.grid(), kColumnThreads, 0, stream, rows, from,
           static_cast<const T*>(x), static_cast<T*>(y));
  });
}

}  // namespace

std::size_t batch_norm_scratch(const BatchNorm& n) {
  std::int64_t numbers = n.channels;
  with_channels(n, [&]<typename T, int kChannels>() {
    const std::int64_t chunks = cut_for_sums(n, kChannels).chunks;
    if (chunks > 1) numbers += chunks * n.channels;
  });
  return static_cast<std::size_t>(numbers) * 16;
}

void batch_norm(const BatchNorm& n, const void* x, const void* gamma, const void* beta, void* y, void* mean,
                void* variance, void* scratch, Stream stream) {
  if (n.rows * n.channels == 0) return;
  with_channels(n, [&]<typename T, int kChannels>() {
    const auto vector = [&](const void* data) { return ChannelVector(data, n.channel_storage); };
    const ColumnCut cut = cut_for_sums(n, kChannels);
    const Scratch<Normalisation, Moments> numbers(n, cut, scratch);
    const Statistics statistics{vector(gamma),    vector(beta),        vector(mean),
                                vector(variance), numbers.of_channels, static_cast<double>(n.rows),
                                n.epsilon};
    launch(
        batch_norm_moments_kernel<T, kChannels>, cut.grid(), kColumnThreads, 0, stream, cut,
        MomentColumns<T, kChannels>{static_cast<const T*>(x), n.channels, numbers.partials, statistics, aligned16(x)});
    if (cut.chunks > 1) {
      const ColumnCut chunks(1, cut.chunks, n.channels, 1, 1);
      launch(batch_norm_statistics_kernel, chunks.grid(), kColumnThreads, 0, stream, chunks,
             MomentChunks{numbers.partials, n.channels, n.rows, cut.chunk_rows, statistics});
    }
  });
  apply(n, FromBatch{static_cast<const Normalisation*>(scratch)}, x, y, stream);
}

void batch_norm_inference(const BatchNorm& n, const void* x, const void* gamma, const void* beta, const void* mean,
                          const void* variance, void* y, Stream stream) {
  if (n.rows * n.channels == 0) return;
  const auto vector = [&](const void* data) { return ChannelVector(data, n.channel_storage); };
  apply(n, FromStatistics{vector(gamma), vector(beta), vector(mean), vector(variance), static_cast<float>(n.epsilon)},
        x, y, stream);
}

void batch_norm_backward(const BatchNorm& n, bool training, const void* dy, const void* x, const void* gamma,
                         const void* mean, const void* variance, void* dx, void* dgamma, void* dbeta, void* scratch,
                         Stream stream) {
  if (n.channels == 0) return;
  with_channels(n, [&]<typename T, int kChannels>() {
    const auto vector = [&](const void* data) { return ChannelVector(data, n.channel_storage); };
    const ColumnCut cut = cut_for_sums(n, kChannels);
    const Scratch<Backpropagation, GradientSums> numbers(n, cut, scratch);
    const Gradients gradients{vector(gamma),
                              vector(mean),
                              vector(variance),
                              vector(dgamma),
                              vector(dbeta),
                              numbers.of_channels,
                              static_cast<double>(n.rows),
                              n.epsilon,
                              training};
    launch(batch_norm_backward_sums_kernel<T, kChannels>, cut.grid(), kColumnThreads, 0, stream, cut,
           GradientColumns<T, kChannels>{static_cast<const T*>(dy), static_cast<const T*>(x), n.channels,
                                         numbers.partials, gradients, aligned16(dy, x)});
    if (cut.chunks > 1) {
      const ColumnCut chunks(1, cut.chunks, n.channels, 1, 1);
      launch(batch_norm_gradients_kernel, chunks.grid(), kColumnThreads, 0, stream, chunks,
             SumOfChunks<GradientSums, Gradients>{numbers.partials, n.channels, gradients});
    }
  });
  if (n.rows == 0) return;
  with_channels(n, aligned16(dy, x, dx), [&]<typename T, int kChannels>() {
    const ColumnCut rows = cut_for_rows(n, kChannels);
    launch(batch_norm_backward_kernel<T, kChannels>, rows.grid(), kColumnThreads, 0, stream, rows,
           static_cast<const Backpropagation*>(scratch), training, static_cast<const T*>(dy), static_cast<const T*>(x),
           static_cast<T*>(dx));
  });
}

}  // namespace genocuda::kernels
