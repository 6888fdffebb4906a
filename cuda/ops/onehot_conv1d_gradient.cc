// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_gradient.h"

#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::OnehotConvolution convolution(const SlidingWindow& window, UnknownBase unknown, const TensorType& dna,
                                       std::int64_t filters) {
  const std::int64_t batch = dna.shape[0], length = dna.shape[1];
  return {batch,           window.output_length(length),    filters, window.width, window.stride, window.dilation,
          window.pad_left, unknown == UnknownBase::quarters};
}

/// dfilters of onehot_conv1d: the convolution, and its output's gradient in memory.
struct FromDense {
  using Attributes = ops::OnehotConv1dAttributes;
  static kernels::OutputGradient gradient(const Attributes&, const RunContext& context) {
    const TensorView& dy = context.inputs[1];
    return kernels::dense_gradient(storage_of(dy), dy.data);
  }
};

/// dfilters of onehot_conv1d_pool.
struct FromPooled {
  using Attributes = ops::OnehotConv1dPoolAttributes;
  static kernels::OutputGradient gradient(const Attributes& attributes, const RunContext& context) {
    const TensorView &d = context.inputs[1], &argmax = context.inputs[2];
    const SlidingWindow& pool = attributes.pool;
    return {storage_of(d), d.data, argmax.as<std::uint8_t>(), d.shape()[1], pool.stride, pool.width, pool.pad_left};
  }
};

template <typename Operator>
struct Direct {
  using Attributes = typename Operator::Attributes;
  static kernels::OnehotConvolution extents(const Attributes& attributes, const TensorType& dna, const TensorType& dy) {
    return convolution(attributes.window, attributes.unknown, dna, dy.shape[2]);
  }
  static std::size_t scratch(const Problem& problem) {
    return kernels::onehot_conv1d_filter_gradient_scratch(
        extents(problem.attribute<Attributes>(), problem.inputs[0], problem.inputs[1]));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& dna = context.inputs[0];
    kernels::onehot_conv1d_filter_gradient(
        kernels::dna_rows(dna.data, dna.shape()[1]), extents(attributes, dna.type, context.inputs[1].type),
        Operator::gradient(attributes, context), context.outputs[0].data, context.scratch, stream);
  }
};

}  // namespace

void add_onehot_conv1d_gradient(ImplementationTable& table) {
  table.add(ops::kOnehotConv1dBackwardFilters, row<Direct<FromDense>>());
  table.add(ops::kOnehotConv1dPoolBackwardFilters, row<Direct<FromPooled>>());
}

}  // namespace genocuda::cuda
