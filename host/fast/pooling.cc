// SPDX-License-Identifier: Apache-2.0
#include "core/ops/pooling.h"

#include "host/fast/kernels/kernels.h"
#include "host/fast/parallel.h"
#include "host/fast/rows.h"

namespace genocuda::fast {
namespace {

/// x [batch, length, channels], y [batch, windows, channels].
struct Pool {
  SlidingWindow window;
  std::int64_t batch, length, windows, channels;

  Pool(const Problem& problem, const Shape& x, const Shape& y)
      : window(problem.attribute<ops::PoolAttributes>().window),
        batch(x[0]),
        length(x[1]),
        windows(y[1]),
        channels(y[2]) {}

  std::int64_t begin(std::int64_t o) const { return o * window.stride - window.pad_left; }
  /// The places [first_tap, end_tap) of window o that lie in the sequence.
  std::int64_t first_tap(std::int64_t o) const { return std::max<std::int64_t>(0, -begin(o)); }
  std::int64_t end_tap(std::int64_t o) const { return std::min(window.width, length - begin(o)); }
  /// The windows [first_window, end_window) that hold position i.
  std::int64_t first_window(std::int64_t i) const {
    const std::int64_t past = i + window.pad_left - window.width;
    return past < 0 ? 0 : past / window.stride + 1;
  }
  std::int64_t end_window(std::int64_t i) const { return std::min(windows, (i + window.pad_left) / window.stride + 1); }

  /// Calls work(b, o) for all windows, or work(b, i) for all positions.
  template <typename Work>
  void for_windows(const Work& work) const {
    for_rows(windows, windows < length ? length / windows : 1, work);
  }
  template <typename Work>
  void for_positions(const Work& work) const {
    for_rows(length, 1, work);
  }

 private:
  template <typename Work>
  void for_rows(std::int64_t rows, std::int64_t cost, const Work& work) const {
    parallel_ranges(batch * rows, kGrain / (channels * cost), [&](std::int64_t first, std::int64_t end) {
      for (std::int64_t row = first; row < end; ++row) work(row / rows, row % rows);
    });
  }
};

template <typename Index, typename Kernel>
auto max_pool(const Pool& pool, Kernel kernel) {
  return [pool, kernel](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    Index* argmax = context.outputs[1].as<Index>();
    pool.for_windows([&](std::int64_t b, std::int64_t o) {
      const std::int64_t first = pool.first_tap(o), to = (b * pool.windows + o) * pool.channels;
      kernel(x + (b * pool.length + pool.begin(o) + first) * pool.channels, pool.end_tap(o) - first, first,
             pool.channels, y + to, argmax + to);
    });
  };
}

Prepared prepare_max_pool(const Problem& problem) {
  const Pool pool(problem, problem.inputs[0].shape, problem.outputs[0].shape);
  if (problem.outputs[1].dtype == DType::u8) return {max_pool<std::uint8_t>(pool, kernels().max_pool_u8)};
  return {max_pool<std::int32_t>(pool, kernels().max_pool_i32)};
}

template <typename Index, typename Kernel>
auto max_pool_backward(const Pool& pool, Kernel kernel) {
  return [pool, kernel](const RunContext& context) {
    const float* dy = context.inputs[0].as<float>();
    const Index* argmax = context.inputs[1].as<Index>();
    float* dx = context.outputs[0].as<float>();
    pool.for_positions([&](std::int64_t b, std::int64_t i) {
      float* to = dx + (b * pool.length + i) * pool.channels;
      const std::int64_t first = pool.first_window(i), end = pool.end_window(i);
      if (first >= end) std::fill_n(to, pool.channels, 0.0f);
      for (std::int64_t o = first; o < end; ++o) {
        const std::int64_t from = (b * pool.windows + o) * pool.channels;
        kernel(dy + from, argmax + from, i - pool.begin(o), pool.channels, o > first, to);
      }
    });
  };
}

Prepared prepare_max_pool_backward(const Problem& problem) {
  const Pool pool(problem, problem.outputs[0].shape, problem.inputs[0].shape);
  if (problem.inputs[1].dtype == DType::u8) {
    return {max_pool_backward<std::uint8_t>(pool, kernels().max_pool_backward_u8)};
  }
  return {max_pool_backward<std::int32_t>(pool, kernels().max_pool_backward_i32)};
}

Prepared prepare_avg_pool(const Problem& problem) {
  const Pool pool(problem, problem.inputs[0].shape, problem.outputs[0].shape);
  return {[pool](const RunContext& context) {
    const float* x = context.inputs[0].as<float>();
    float* y = context.outputs[0].as<float>();
    pool.for_windows([&](std::int64_t b, std::int64_t o) {
      const std::int64_t first = pool.first_tap(o), taps = pool.end_tap(o) - first;
      float* to = y + (b * pool.windows + o) * pool.channels;
      kernels().column_sums(x + (b * pool.length + pool.begin(o) + first) * pool.channels, taps, pool.channels, to);
      kernels().scale(to, to, pool.channels, 1.0f / static_cast<float>(taps), 0.0f);
    });
  }};
}

Prepared prepare_avg_pool_backward(const Problem& problem) {
  const Pool pool(problem, problem.outputs[0].shape, problem.inputs[0].shape);
  return {[pool](const RunContext& context) {
    const float* dy = context.inputs[0].as<float>();
    float* dx = context.outputs[0].as<float>();
    pool.for_positions([&](std::int64_t b, std::int64_t i) {
      float* to = dx + (b * pool.length + i) * pool.channels;
      std::fill_n(to, pool.channels, 0.0f);
      for (std::int64_t o = pool.first_window(i); o < pool.end_window(i); ++o) {
        const float share = 1.0f / static_cast<float>(pool.end_tap(o) - pool.first_tap(o));
        kernels().accumulate(dy + (b * pool.windows + o) * pool.channels, to, pool.channels, share);
      }
    });
  }};
}

}  // namespace

void add_pooling(ImplementationTable& table) {
  table.add(ops::kMaxPool1d, {"vector", is_plain_float, prepare_max_pool});
  table.add(ops::kMaxPool1dBackward, {"vector", is_plain_float, prepare_max_pool_backward});
  table.add(ops::kAvgPool1d, {"vector", is_plain_float, prepare_avg_pool});
  table.add(ops::kAvgPool1dBackward, {"vector", is_plain_float, prepare_avg_pool_backward});
}

}  // namespace genocuda::fast
