// SPDX-License-Identifier: Apache-2.0
#include "kernels/pooling.h"

#include "core/ops/pooling.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

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

}  // namespace

void add_pooling(ImplementationTable& table) { table.add(ops::kMaxPool1d, row<MaxPool1d>()); }

}  // namespace genocuda::cuda
