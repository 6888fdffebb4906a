// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.cuh"

namespace genocuda::kernels {
namespace {

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

}  // namespace

void batch_norm_backward(const BatchNorm& n, bool training, const void* dy, const void* x, const void* gamma,
                         const void* mean, const void* variance, void* dx, void* dgamma, void* dbeta, void* scratch,
                         Stream stream) {
  if (n.channels == 0) return;
  with_channels(n, [&]<typename T, int kChannels>() {
    const auto vector = [&](const void* data) { return ChannelVector(data, n.channel_storage); };
    const ColumnCut cut = cut_for_sums(n, kChannels);
    const BatchNormScratch<Backpropagation, GradientSums> numbers(n, cut, scratch);
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
