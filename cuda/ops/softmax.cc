// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include "core/ops/softmax.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

struct Rows {
  explicit Rows(const Shape& shape) : count(shape.product(0, shape.rank() - 1)), width(shape[-1]) {}
  std::int64_t count, width;
};

template <auto launcher>
struct OfOne {
  using Attributes = NoAttributes;
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView& x = context.inputs[0];
    const Rows rows(x.shape());
    launcher(rows.count, rows.width, storage_of(x), x.data, context.outputs[0].data, stream);
  }
};

template <auto launcher>
struct OfTwo {
  using Attributes = NoAttributes;
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView& d = context.inputs[0];
    const Rows rows(d.shape());
    launcher(rows.count, rows.width, storage_of(d), d.data, context.inputs[1].data, context.outputs[0].data, stream);
  }
};

}  // namespace

void add_softmax(ImplementationTable& table) {
  table.add(ops::kSoftmax, row<OfOne<kernels::softmax>>());
  table.add(ops::kSoftmaxGradient, row<OfTwo<kernels::softmax_gradient>>());
  table.add(ops::kLogSoftmax, row<OfOne<kernels::log_softmax>>());
  table.add(ops::kLogSoftmaxBackward, row<OfTwo<kernels::log_softmax_backward>>());
  table.add(ops::kLogSoftmaxTangent, row<OfTwo<kernels::log_softmax_tangent>>());
}

}  // namespace genocuda::cuda
