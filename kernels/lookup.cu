// SPDX-License-Identifier: Apache-2.0
#include "kernels/lookup.h"

#include "kernels/divisor.cuh"
#include "kernels/grid.cuh"
#include "kernels/pack.cuh"

namespace genocuda::kernels {
namespace {

constexpr int kThreads = 256;

__device__ __forceinline__ float missing() { return __int_as_float(0x7fc00000); }
__device__ __forceinline__ float number(float value) { return value; }
__device__ __forceinline__ float number(std::uint8_t byte) {
  return byte == 255 ? missing() : static_cast<float>(byte);
}

/// A run of neighbouring elements of a window a thread, which a warp stores as one piece. On the forward strand a
/// window is one piece of the table, loaded by 16 bytes where it begins on a multiple of them; elsewhere neighbouring
/// threads share the lines that each takes a word of. Bound by memory: 4 bytes read and stored an element; a batch of
/// 64 x 2114 positions of two channels is 1 MB, so that the launch is what one waits for.
template <int kRun>
__global__ void __launch_bounds__(kThreads)
    extract_tracks_kernel(TrackWindows tracks, Divisor by_runs, Divisor by_channels,
                          const WindowPlace* __restrict__ places, std::int64_t runs, float* __restrict__ y) {
  const std::int64_t channels = tracks.channels;
  for (std::int64_t i = grid_begin(); i < runs; i += grid_step()) {
    const auto [b, run] = by_runs.divide(i);
    const WindowPlace place = places[b];
    float numbers[kRun];
    if (place.reverse == 0) {
      const std::int64_t begin = place.contig_begin * channels, end = place.contig_end * channels;
      const std::int64_t from = place.start * channels + run * kRun;
      if (from >= begin && from + kRun <= end) {
        load_run(numbers, tracks.values + from, from % kRun == 0);
      } else {
#pragma unroll
        for (int j = 0; j < kRun; ++j) {
          const bool inside = from + j >= begin && from + j < end;
          numbers[j] = inside ? tracks.values[from + j] : tracks.missing;
        }
      }
    } else {
      auto [position, channel] = by_channels.divide(run * kRun);
#pragma unroll
      for (int j = 0; j < kRun; ++j) {
        const std::int64_t from = place.start + tracks.positions - 1 - position;
        const bool inside = from >= place.contig_begin && from < place.contig_end;
        numbers[j] = inside ? tracks.values[from * channels + __ldg(tracks.other_strand + channel)] : tracks.missing;
        if (++channel == channels) {
          channel = 0;
          ++position;
        }
      }
    }
    store_run(y + i * kRun, numbers);
  }
}

template <int kRun>
void extract_runs(const TrackWindows& tracks, const WindowPlace* places, std::int64_t batch, float* y, Stream stream) {
  const std::int64_t runs = tracks.positions * tracks.channels / kRun;
  if (batch * runs == 0) return;
  launch(extract_tracks_kernel<kRun>, blocks_for(batch * runs, kThreads), kThreads, 0, stream, tracks, Divisor(runs),
         Divisor(tracks.channels), places, batch * runs, y);
}

/// A thread an element: neighbours read neighbours of one row of the table. Bound by memory, and for the labels of a
/// batch (256 x 164: 42 KB of bytes) by the launch.
template <typename T>
__global__ void __launch_bounds__(kThreads)
    gather_rows_kernel(const T* __restrict__ table, const std::int64_t* __restrict__ rows, std::int64_t count,
                       std::int64_t columns, float* __restrict__ y) {
  for (std::int64_t i = grid_begin(); i < count * columns; i += grid_step()) {
    const std::int64_t b = i / columns, row = __ldg(rows + b);
    y[i] = row < 0 ? missing() : number(table[row * columns + (i - b * columns)]);
  }
}

/// A few numbers: the launch is what one waits for.
__global__ void __launch_bounds__(kThreads)
    write_row_kernel(float* __restrict__ table, std::int64_t n, std::int64_t columns,
                     const std::int32_t* __restrict__ step, const float* __restrict__ row) {
  const std::int64_t place = (__ldg(step) - 1) % n;
  for (std::int64_t i = grid_begin(); i < columns; i += grid_step()) table[place * columns + i] = row[i];
}

template <typename T>
void gather(const T* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns, float* y,
            Stream stream) {
  if (count * columns == 0) return;
  launch(gather_rows_kernel<T>, blocks_for(count * columns, kThreads), kThreads, 0, stream, table, rows, count, columns,
         y);
}

}  // namespace

void extract_tracks(const TrackWindows& tracks, const WindowPlace* places, std::int64_t batch, float* y,
                    Stream stream) {
  // Where windows are whole runs long no run has elements of two.
  if (tracks.positions * tracks.channels % 4 == 0) {
    extract_runs<4>(tracks, places, batch, y, stream);
  } else {
    extract_runs<1>(tracks, places, batch, y, stream);
  }
}

void gather_rows(const float* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns, float* y,
                 Stream stream) {
  gather(table, rows, count, columns, y, stream);
}

void gather_rows(const std::uint8_t* table, const std::int64_t* rows, std::int64_t count, std::int64_t columns,
                 float* y, Stream stream) {
  gather(table, rows, count, columns, y, stream);
}

void write_row(float* table, std::int64_t n, std::int64_t columns, const std::int32_t* step, const float* row,
               Stream stream) {
  if (columns == 0) return;
  launch(write_row_kernel, blocks_for(columns, kThreads), kThreads, 0, stream, table, n, columns, step, row);
}

}  // namespace genocuda::kernels
