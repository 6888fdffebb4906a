// SPDX-License-Identifier: Apache-2.0
#include "core/ops/pooling.h"

#include <algorithm>
#include <cstdint>

#include "host/reference/reference.h"
#include "host/reference/taps.h"

namespace genocuda::reference {
namespace {

/// Extents of x [batch, length, channels] and y [batch, windows, channels].
struct Extents {
  std::int64_t batch, length, windows, channels;
  Extents(const Shape& x, const Shape& y) : batch(x[0]), length(x[1]), windows(y[1]), channels(y[2]) {}
  std::int64_t x(std::int64_t b, std::int64_t i, std::int64_t c) const { return (b * length + i) * channels + c; }
  std::int64_t y(std::int64_t b, std::int64_t o, std::int64_t c) const { return (b * windows + o) * channels + c; }
};

/// Positions in windows, stored as u8 or i32.
class Argmax {
 public:
  explicit Argmax(const TensorView& view)
      : narrow_(view.type.dtype == DType::u8 ? view.as<std::uint8_t>() : nullptr), wide_(view.as<std::int32_t>()) {}
  std::int64_t get(std::int64_t index) const { return narrow_ ? narrow_[index] : wide_[index]; }
  void set(std::int64_t index, std::int64_t k) {
    if (narrow_) {
      narrow_[index] = static_cast<std::uint8_t>(k);
    } else {
      wide_[index] = static_cast<std::int32_t>(k);
    }
  }

 private:
  std::uint8_t* narrow_;
  std::int32_t* wide_;
};

struct MaxPool1d {
  using Attributes = ops::PoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const SlidingWindow& window = attributes.window;
    const Extents n(context.inputs[0].shape(), context.outputs[0].shape());
    const T* x = context.inputs[0].as<T>();
    T* y = context.outputs[0].as<T>();
    Argmax argmax(context.outputs[1]);
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(window, n.length, n.windows, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        const bool first = k == 0 || i == 0;  // in this window
        for (std::int64_t c = 0; c < n.channels; ++c) {
          const T value = x[n.x(b, i, c)];
          if (first || beats(value, y[n.y(b, o, c)])) {
            y[n.y(b, o, c)] = value;
            argmax.set(n.y(b, o, c), k);
          }
        }
      });
    }
  }
};

struct MaxPool1dBackward {
  using Attributes = ops::PoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.outputs[0].shape(), context.inputs[0].shape());
    const T* dy = context.inputs[0].as<T>();
    const Argmax argmax(context.inputs[1]);
    T* dx = context.outputs[0].as<T>();
    std::fill_n(dx, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.windows, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < n.channels; ++c) {
          if (argmax.get(n.y(b, o, c)) == k) dx[n.x(b, i, c)] += dy[n.y(b, o, c)];
        }
      });
    }
  }
};

struct MaxPool1dGather {
  using Attributes = ops::PoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.inputs[0].shape(), context.outputs[0].shape());
    const T* t = context.inputs[0].as<T>();
    const Argmax argmax(context.inputs[1]);
    T* y = context.outputs[0].as<T>();
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.windows, [&](std::int64_t o, std::int64_t k, std::int64_t i) {
        for (std::int64_t c = 0; c < n.channels; ++c) {
          if (argmax.get(n.y(b, o, c)) == k) y[n.y(b, o, c)] = t[n.x(b, i, c)];
        }
      });
    }
  }
};

/// How many positions of the sequence window o holds.
std::int64_t positions(const SlidingWindow& window, std::int64_t length, std::int64_t o) {
  const std::int64_t begin = o * window.stride - window.pad_left;
  return std::min(begin + window.width, length) - std::max<std::int64_t>(begin, 0);
}

struct AvgPool1d {
  using Attributes = ops::PoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.inputs[0].shape(), context.outputs[0].shape());
    const T* x = context.inputs[0].as<T>();
    T* y = context.outputs[0].as<T>();
    std::fill_n(y, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.windows, [&](std::int64_t o, std::int64_t, std::int64_t i) {
        for (std::int64_t c = 0; c < n.channels; ++c) y[n.y(b, o, c)] += x[n.x(b, i, c)];
      });
      for (std::int64_t o = 0; o < n.windows; ++o) {
        const T count = static_cast<T>(positions(attributes.window, n.length, o));
        for (std::int64_t c = 0; c < n.channels; ++c) y[n.y(b, o, c)] /= count;
      }
    }
  }
};

struct AvgPool1dBackward {
  using Attributes = ops::PoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents n(context.outputs[0].shape(), context.inputs[0].shape());
    const T* dy = context.inputs[0].as<T>();
    T* dx = context.outputs[0].as<T>();
    std::fill_n(dx, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < n.batch; ++b) {
      for_each_tap(attributes.window, n.length, n.windows, [&](std::int64_t o, std::int64_t, std::int64_t i) {
        const T count = static_cast<T>(positions(attributes.window, n.length, o));
        for (std::int64_t c = 0; c < n.channels; ++c) dx[n.x(b, i, c)] += dy[n.y(b, o, c)] / count;
      });
    }
  }
};

}  // namespace

void add_pooling(ImplementationTable& table) {
  table.add(ops::kMaxPool1d, implementation<MaxPool1d>());
  table.add(ops::kMaxPool1dBackward, implementation<MaxPool1dBackward>());
  table.add(ops::kMaxPool1dGather, implementation<MaxPool1dGather>());
  table.add(ops::kAvgPool1d, implementation<AvgPool1d>());
  table.add(ops::kAvgPool1dBackward, implementation<AvgPool1dBackward>());
}

}  // namespace genocuda::reference
