// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.cuh"

namespace genocuda::kernels {
namespace {

/// y = (x − mean) · scale + shift. The mean in two parts: what is near it must not be rounded away.
struct alignas(16) Normalisation {
  float mean, rest_of_mean, scale, shift;
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
    const BatchNormScratch<Normalisation, Moments> numbers(n, cut, scratch);
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

}  // namespace genocuda::kernels
