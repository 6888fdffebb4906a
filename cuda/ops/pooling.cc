// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include "core/ops/pooling.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

/// x [batch, length, channels] and y [batch, windows, channels].
kernels::Pool1d extents(const ops::PoolAttributes& attributes, const Shape& x, const Shape& y) {
  const SlidingWindow& window = attributes.window;
  return {x[0], x[1], y[1], x[2], window.width, window.stride, window.pad_left};
}

kernels::Argmax argmax(const TensorView& view) { return {view.data, view.type.dtype == DType::u8}; }

struct MaxPool1d {
  using Attributes = ops::PoolAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    kernels::max_pool1d(extents(attributes, x.shape(), y.shape()), storage_of(x), x.data, y.data,
                        argmax(context.outputs[1]), stream);
  }
};

struct MaxPool1dBackward {
  using Attributes = ops::PoolAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dy = context.inputs[0], &dx = context.outputs[0];
    kernels::max_pool1d_backward(extents(attributes, dx.shape(), dy.shape()), storage_of(dy), dy.data,
                                 argmax(context.inputs[1]), dx.data, stream);
  }
};

struct MaxPool1dGather {
  using Attributes = ops::PoolAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &t = context.inputs[0], &y = context.outputs[0];
    kernels::max_pool1d_gather(extents(attributes, t.shape(), y.shape()), storage_of(t), t.data,
                               argmax(context.inputs[1]), y.data, stream);
  }
};

struct AvgPool1d {
  using Attributes = ops::PoolAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    kernels::avg_pool1d(extents(attributes, x.shape(), y.shape()), storage_of(x), x.data, y.data, stream);
  }
};

struct AvgPool1dBackward {
  using Attributes = ops::PoolAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dy = context.inputs[0], &dx = context.outputs[0];
    kernels::avg_pool1d_backward(extents(attributes, dx.shape(), dy.shape()), storage_of(dy), dy.data, dx.data, stream);
  }
};

}  // namespace

void add_pooling(ImplementationTable& table) {
  table.add(ops::kMaxPool1d, row<MaxPool1d>());
  table.add(ops::kMaxPool1dBackward, row<MaxPool1dBackward>());
  table.add(ops::kMaxPool1dGather, row<MaxPool1dGather>());
  table.add(ops::kAvgPool1d, row<AvgPool1d>());
  table.add(ops::kAvgPool1dBackward, row<AvgPool1dBackward>());
}

}  // namespace genocuda::cuda
