// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv1d.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/grid.cuh"

namespace genocuda::kernels {
namespace {

/// Windows that slide along sequences of `length` positions by `step`, `count` of them in each: tap j of window o looks
/// at position first + o · step + j · dilation.
struct Windows {
  std::int64_t batch, length, channels;
  std::int64_t count, first, step, dilation, taps;
};

constexpr std::int64_t kPositions = std::int64_t{1} << 30;

/// One line a window.
TapLines window_lines(const Windows& w, const void* data, Storage storage) {
  if (std::max({w.length, w.dilation * w.taps, w.count * w.step, std::abs(w.first)}) >= kPositions) {
    throw std::runtime_error("a convolution over 2^30 positions or more");
  }
  TapLines lines{
      .data = data,
      .lines = w.batch * w.count,
      .group_stride = w.length * w.channels,
      .position_stride = w.channels,
      .tap_stride = w.dilation * w.channels,
      .lines_per_group = Divisor31(std::max<std::int64_t>(w.count, 1)),
      .channels = Divisor31(std::max<std::int64_t>(w.channels, 1)),
      .first = static_cast<std::int32_t>(w.first),
      .step = static_cast<std::int32_t>(w.step),
      .dilation = static_cast<std::int32_t>(w.dilation),
      .length = static_cast<std::int32_t>(w.length),
  };
  lines.piece = piece_of(data, w.channels, storage);
  return lines;
}

/// The positions that windows one apart look at, from the first of the first to the last of the last, as lines of one
/// tap: the taps of neighbouring windows share them. A window of two taps or less has little to share.
SharedWindow shared_window(const Windows& w, const void* data, Storage storage) {
  if (w.step != 1 || w.taps < 3) return {};
  Windows positions = w;
  positions.count = w.count + (w.taps - 1) * w.dilation;
  positions.taps = 1;
  return {window_lines(positions, data, storage), static_cast<std::int32_t>(w.taps),
          static_cast<std::int32_t>(w.dilation)};
}

Windows forward_windows(const Conv1d& n) {
  return {n.batch, n.length, n.in, n.out_length, -n.pad_left, n.stride, n.dilation, n.width};
}

GemmOutput rows_of(void* data, std::int64_t columns) { return {.data = data, .group_stride = columns}; }

/// Positions of dx that are `offset` modulo the stride (shifted by the padding), in order: `first` + t · stride for t <
/// count. Tap first_tap + j · tap_step reaches position t from window t + first_window − j · dilation; other taps reach
/// none of them, so that they see a convolution with stride 1. No taps where the residue is one that windows skip.
struct Residue {
  std::int64_t first, count;
  std::int64_t taps, first_tap, tap_step;
  std::int64_t first_window, dilation;
};

Residue residue(const Conv1d& n, std::int64_t offset) {
  Residue r{};
  r.first = ((offset - n.pad_left) % n.stride + n.stride) % n.stride;
  r.count = r.first < n.length ? ceil_div(n.length - r.first, n.stride) : 0;
  const std::int64_t common = std::gcd(n.dilation, n.stride);
  r.tap_step = n.stride / common;
  r.dilation = n.dilation / common;
  while (r.first_tap < r.tap_step && r.first_tap * n.dilation % n.stride != offset) ++r.first_tap;
  if (r.first_tap < std::min(r.tap_step, n.width)) r.taps = ceil_div(n.width - r.first_tap, r.tap_step);
  r.first_window = (r.first + n.pad_left - r.first_tap * n.dilation) / n.stride;
  return r;
}

template <typename F>
void for_each_residue(const Conv1d& n, F f) {
  for (std::int64_t offset = 0; offset < n.stride; ++offset) {
    const Residue r = residue(n, offset);
    if (r.count > 0) f(r);
  }
}

}  // namespace

std::size_t conv1d_scratch_bytes(const Conv1d& n, Arithmetic arithmetic) {
  return gemm_scratch_bytes(n.batch * n.out_length, n.out, n.width * n.in, arithmetic);
}

std::size_t conv1d_backward_input_scratch_bytes(const Conv1d& n, Arithmetic arithmetic) {
  std::size_t most = 0;
  for_each_residue(n, [&](const Residue& r) {
    most = std::max(most, gemm_scratch_bytes(n.batch * r.count, n.in, r.taps * n.out, arithmetic));
  });
  return most;
}

std::size_t conv1d_backward_filters_scratch_bytes(const Conv1d& n, Arithmetic arithmetic) {
  return gemm_scratch_bytes(n.width * n.in, n.out, n.batch * n.out_length, arithmetic);
}

void conv1d(const Conv1d& n, Arithmetic arithmetic, Storage storage, const void* x, const void* filters, void* y,
            const Epilogue& epilogue, void* scratch, Stream stream) {
  const Windows windows = forward_windows(n);
  const Gemm product{
      .form = GemmForm::forward,
      .m = n.batch * n.out_length,
      .n = n.out,
      .k = n.width * n.in,
      .a = window_lines(windows, x, storage),
      .b = matrix_lines(filters, n.width * n.in, n.out, storage),
      .y = rows_of(y, n.out),
      .window = shared_window(windows, x, storage),
      .epilogue = epilogue,
  };
  gemm(product, arithmetic, storage, scratch, stream);
}

void conv1d_backward_input(const Conv1d& n, Arithmetic arithmetic, Storage storage, const void* dy, const void* filters,
                           void* dx, void* scratch, Stream stream) {
  const std::int64_t element = storage == Storage::f32 ? 4 : 2;
  for_each_residue(n, [&](const Residue& r) {
    // Taps from the last to the first, so that windows are looked at from left to right.
    const Windows windows{n.batch, n.out_length, n.out, r.count, r.first_window - (r.taps - 1) * r.dilation,
                          1,       r.dilation,   r.taps};
    const std::int64_t last_tap = r.first_tap + (r.taps - 1) * r.tap_step;
    const void* reversed = static_cast<const char*>(filters) + (r.taps > 0 ? last_tap * n.in * n.out * element : 0);
    TapLines transposed = matrix_lines(reversed, n.in, n.out, storage);
    transposed.tap_stride = -r.tap_step * n.in * n.out;
    const Gemm product{
        .form = GemmForm::input_gradient,
        .m = n.batch * r.count,
        .n = n.in,
        .k = r.taps * n.out,
        .a = window_lines(windows, dy, storage),
        .b = transposed,
        .y = {.data = static_cast<char*>(dx) + r.first * n.in * element,
              .rows_per_group = Divisor31(r.count),
              .group_stride = n.length * n.in,
              .row_stride = n.stride * n.in},
        .window = shared_window(windows, dy, storage),
    };
    gemm(product, arithmetic, storage, scratch, stream);
  });
}

void conv1d_backward_filters(const Conv1d& n, Arithmetic arithmetic, Storage storage, const void* x, const void* dy,
                             void* dfilters, void* scratch, Stream stream) {
  const Gemm product{
      .form = GemmForm::filter_gradient,
      .m = n.width * n.in,
      .n = n.out,
      .k = n.batch * n.out_length,
      .a = window_lines(forward_windows(n), x, storage),
      .b = matrix_lines(dy, n.batch * n.out_length, n.out, storage),
      .y = rows_of(dfilters, n.out),
  };
  gemm(product, arithmetic, storage, scratch, stream);
}

}  // namespace genocuda::kernels
