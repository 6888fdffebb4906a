// SPDX-License-Identifier: Apache-2.0
#include "kernels/rearrange.h"

#include "core/ops/rearrange.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

/// Bytes along the axis and below, of one of the rows above it.
std::int64_t row_bytes(const TensorType& type, int axis) {
  return type.shape.product(axis, type.shape.rank()) * static_cast<std::int64_t>(size_of(type.dtype));
}

/// Bytes of one step along the axis.
std::int64_t step_bytes(const TensorType& type, int axis) {
  return type.shape.product(axis + 1, type.shape.rank()) * static_cast<std::int64_t>(size_of(type.dtype));
}

/// For operators that move elements of any size.
struct AnyElements {
  using Attributes = ops::AxisAttributes;
  static bool supports(const Problem&) { return true; }
};

struct Concat : AnyElements {
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& y = context.outputs[0];
    const int axis = attributes.axis;
    if (y.elements() == 0) return;
    const std::int64_t pitch = row_bytes(y.type, axis);
    kernels::Copies copies(y.shape().product(0, axis), stream);
    std::byte* to = y.as<std::byte>();
    for (const TensorView& part : context.inputs) {
      const std::int64_t bytes = row_bytes(part.type, axis);
      copies.add({part.data, to, bytes, bytes, pitch});
      to += bytes;
    }
    copies.finish();
  }
};

struct Slice : AnyElements {
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    if (y.elements() == 0) return;
    const int axis = attributes.axis;
    const std::int64_t bytes = row_bytes(y.type, axis);
    kernels::Copies copies(y.shape().product(0, axis), stream);
    copies.add({x.as<std::byte>() + attributes.start * step_bytes(x.type, axis), y.data, bytes, row_bytes(x.type, axis),
                bytes});
    copies.finish();
  }
};

struct Pad : AnyElements {
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    if (y.elements() == 0) return;
    const int axis = attributes.axis;
    const std::int64_t bytes = row_bytes(x.type, axis), pitch = row_bytes(y.type, axis);
    const std::int64_t before = attributes.start * step_bytes(x.type, axis), after = pitch - bytes - before;
    std::byte* const to = y.as<std::byte>();
    kernels::Copies copies(y.shape().product(0, axis), stream);
    copies.add({nullptr, to, before, 0, pitch});
    copies.add({x.data, to + before, bytes, bytes, pitch});
    copies.add({nullptr, to + before + bytes, after, 0, pitch});
    copies.finish();
  }
};

}  // namespace

void add_rearrange(ImplementationTable& table) {
  table.add(ops::kConcat, row<Concat>());
  table.add(ops::kSlice, row<Slice>());
  table.add(ops::kPad, row<Pad>());
}

}  // namespace genocuda::cuda
