// SPDX-License-Identifier: Apache-2.0
#include "core/ops/reduction.h"

#include <algorithm>

#include "host/reference/column_tiles.h"
#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

struct Sum {
  using Attributes = ops::SumAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t outer = shape.product(0, attributes.first);
    const std::int64_t reduced = shape.product(attributes.first, attributes.last);
    const std::int64_t inner = shape.product(attributes.last, shape.rank());
    for (std::int64_t o = 0; o < outer; ++o) {
      const T* x = context.inputs[0].as<const T>() + o * reduced * inner;
      T* y = context.outputs[0].as<T>() + o * inner;
      for_column_tiles(inner, [&](std::int64_t first, std::int64_t count) {
        TileSums sums{};
        for (std::int64_t r = 0; r < reduced; ++r) {
          for (std::int64_t i = 0; i < count; ++i) sums[i] += x[r * inner + first + i];
        }
        for (std::int64_t i = 0; i < count; ++i) y[first + i] = static_cast<T>(sums[i]);
      });
    }
  }
};

struct Broadcast {
  using Attributes = ops::BroadcastAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t outer = shape.product(0, attributes.first);
    const std::int64_t inner = shape.product(attributes.first, shape.rank());
    const std::int64_t repeats = attributes.extents.elements();
    const T* x = context.inputs[0].as<const T>();
    T* y = context.outputs[0].as<T>();
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t r = 0; r < repeats; ++r) y = std::copy_n(x + o * inner, inner, y);
    }
  }
};

}  // namespace

void add_reduction(ImplementationTable& table) {
  table.add(ops::kSum, implementation<Sum>());
  table.add(ops::kBroadcast, implementation<Broadcast>());
}

}  // namespace genocuda::reference
