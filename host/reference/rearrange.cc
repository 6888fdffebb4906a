// SPDX-License-Identifier: Apache-2.0
#include "core/ops/rearrange.h"

#include <algorithm>

#include "host/reference/reference.h"

namespace genocuda::reference {
namespace {

/// A shape as [outer, extent of the axis, inner].
struct Extents {
  Extents(const Shape& shape, int axis)
      : outer(shape.product(0, axis)), along(shape[axis]), inner(shape.product(axis + 1, shape.rank())) {}
  std::int64_t outer, along, inner;
};

struct Concat {
  using Attributes = ops::AxisAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents joined(context.outputs[0].shape(), attributes.axis);
    std::int64_t start = 0;
    for (const TensorView& part : context.inputs) {
      const std::int64_t run = part.shape()[attributes.axis] * joined.inner;
      for (std::int64_t o = 0; o < joined.outer; ++o) {
        std::copy_n(part.as<const T>() + o * run, run,
                    context.outputs[0].as<T>() + o * joined.along * joined.inner + start);
      }
      start += run;
    }
  }
};

struct Slice {
  using Attributes = ops::AxisAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents whole(context.inputs[0].shape(), attributes.axis);
    const std::int64_t run = attributes.length * whole.inner;
    for (std::int64_t o = 0; o < whole.outer; ++o) {
      const std::int64_t start = (o * whole.along + attributes.start) * whole.inner;
      std::copy_n(context.inputs[0].as<const T>() + start, run, context.outputs[0].as<T>() + o * run);
    }
  }
};

struct Pad {
  using Attributes = ops::AxisAttributes;

  template <typename T>
  static void run(const Attributes& attributes, const RunContext& context) {
    const Extents bare(context.inputs[0].shape(), attributes.axis);
    const T* x = context.inputs[0].as<const T>();
    T* y = context.outputs[0].as<T>();
    const std::int64_t run = bare.along * bare.inner;
    for (std::int64_t o = 0; o < bare.outer; ++o) {
      y = std::fill_n(y, attributes.start * bare.inner, T{0});
      y = std::copy_n(x + o * run, run, y);
      y = std::fill_n(y, attributes.length * bare.inner, T{0});
    }
  }
};

}  // namespace

void add_rearrange(ImplementationTable& table) {
  table.add(ops::kConcat, implementation<Concat>());
  table.add(ops::kSlice, implementation<Slice>());
  table.add(ops::kPad, implementation<Pad>());
}

}  // namespace genocuda::reference
