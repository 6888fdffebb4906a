// SPDX-License-Identifier: Apache-2.0
#include "core/ops/onehot_conv1d_pool.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "host/reference/activation.h"
#include "host/reference/reference.h"
#include "host/reference/sequences.h"
#include "host/reference/taps.h"

namespace genocuda::reference {
namespace {

/// Calls visit(k, base, share) for what the convolution's position p looks at: the place in the window, the base, and
/// how much of a base it is.
template <typename T, typename Visit>
void for_each_base(const Sequences& dna, const Encoding<T>& numbers, const SlidingWindow& window, std::int64_t b,
                   std::int64_t p, Visit&& visit) {
  for (std::int64_t k = 0; k < window.width; ++k) {
    const std::int64_t i = p * window.stride - window.pad_left + k * window.dilation;
    if (i < 0 || i >= dna.length) continue;
    const auto& x = numbers[dna.code(b, i)];
    for (int base = 0; base < dna::kBases; ++base) {
      if (x[base] != 0) visit(k, base, x[base]);
    }
  }
}

struct OnehotConv1dPool {
  using Attributes = ops::OnehotConv1dPoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const Encoding<T> numbers = encoding<T>(attributes.unknown);
    const T *filters = context.inputs[1].as<T>(), *bias = context.inputs[2].as<T>();
    T* y = context.outputs[0].as<T>();
    auto* argmax = context.outputs[1].as<std::uint8_t>();
    const std::int64_t positions = attributes.window.output_length(dna.length);
    const std::int64_t windows = context.outputs[0].shape()[1], out = context.outputs[0].shape()[2];
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for (std::int64_t f = 0; f < out; ++f) {
        const auto element = [&](std::int64_t window) { return (b * windows + window) * out + f; };
        for_each_tap(attributes.pool, positions, windows, [&](std::int64_t window, std::int64_t k, std::int64_t p) {
          T sum = 0;
          for_each_base(dna, numbers, attributes.window, b, p, [&](std::int64_t tap, int base, T share) {
            sum += share * filters[(tap * dna::kBases + base) * out + f];
          });
          const bool first = k == 0 || p == 0;  // in this window
          if (!first && !beats(sum, y[element(window)])) return;
          y[element(window)] = sum;
          argmax[element(window)] = static_cast<std::uint8_t>(k);
        });
        for (std::int64_t window = 0; window < windows; ++window) {
          T& value = y[element(window)];
          value += bias[f];
          if (attributes.activation) {
            value = activation(attributes.activation->kind, static_cast<T>(attributes.activation->alpha), value);
          }
        }
      }
    }
  }
};

struct OnehotConv1dPoolBackwardFilters {
  using Attributes = ops::OnehotConv1dPoolAttributes;
  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Sequences dna(context.inputs[0]);
    const Encoding<T> numbers = encoding<T>(attributes.unknown);
    const T* d = context.inputs[1].as<T>();
    const auto* argmax = context.inputs[2].as<std::uint8_t>();
    T* dfilters = context.outputs[0].as<T>();
    const std::int64_t windows = context.inputs[1].shape()[1], out = context.inputs[1].shape()[2];
    std::fill_n(dfilters, context.outputs[0].elements(), T{0});
    for (std::int64_t b = 0; b < dna.batch; ++b) {
      for (std::int64_t window = 0; window < windows; ++window) {
        for (std::int64_t f = 0; f < out; ++f) {
          const std::int64_t element = (b * windows + window) * out + f;
          const std::int64_t p = window * attributes.pool.stride - attributes.pool.pad_left + argmax[element];
          for_each_base(dna, numbers, attributes.window, b, p, [&](std::int64_t tap, int base, T share) {
            dfilters[(tap * dna::kBases + base) * out + f] += share * d[element];
          });
        }
      }
    }
  }
};

}  // namespace

void add_onehot_conv1d_pool(ImplementationTable& table) {
  table.add(ops::kOnehotConv1dPool, implementation<OnehotConv1dPool>());
  table.add(ops::kOnehotConv1dPoolBackwardFilters, implementation<OnehotConv1dPoolBackwardFilters>());
}

}  // namespace genocuda::reference
