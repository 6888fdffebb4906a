// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_gradient.h"

#include "core/ops/one_hot.h"
#include "core/ops/onehot_conv1d_pool.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

template <typename Attributes>
kernels::OnehotConv1d extents(const Attributes& attributes, const TensorType& dna, const TensorType& dy) {
  const SlidingWindow& window = attributes.window;
  return {dna.shape[0],    window.output_length(dna.shape[1]),
          dy.shape[2],     window.width,
          window.stride,   window.dilation,
          window.pad_left, attributes.unknown == UnknownBase::quarters};
}

/// onehot_conv1d_backward_filters(dna, dy).
struct FromDense {
  using Attributes = ops::OnehotConv1dAttributes;
  static kernels::GradientWindows windows(const Attributes&, const TensorType& dy) { return {dy.shape[1], 1, 1, 0}; }
  static const std::uint8_t* argmax(const RunContext&) { return nullptr; }
};

/// onehot_conv1d_pool_backward_filters(dna, d, argmax).
struct FromPooled {
  using Attributes = ops::OnehotConv1dPoolAttributes;
  static kernels::GradientWindows windows(const Attributes& attributes, const TensorType& d) {
    return {d.shape[1], attributes.pool.width, attributes.pool.stride, attributes.pool.pad_left};
  }
  static const std::uint8_t* argmax(const RunContext& context) { return context.inputs[2].as<std::uint8_t>(); }
};

template <typename Source>
kernels::OutputGradient gradient_of(const typename Source::Attributes& attributes, const RunContext& context) {
  const TensorView& values = context.inputs[1];
  return {storage_of(values), values.data, Source::argmax(context), Source::windows(attributes, values.type)};
}

template <typename Source>
struct Direct {
  using Attributes = typename Source::Attributes;
  static std::size_t scratch(const Problem& problem) {
    return kernels::onehot_filter_gradient_scratch(
        extents(problem.attribute<Attributes>(), problem.inputs[0], problem.inputs[1]));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& dna = context.inputs[0];
    kernels::onehot_filter_gradient(
        extents(attributes, dna.type, context.inputs[1].type), kernels::dna_rows(dna.data, dna.shape()[1]),
        gradient_of<Source>(attributes, context), context.outputs[0].data, context.scratch, stream);
  }
};

/// How many bf16 numbers hold one of the gradient well enough for a precision; one of bf16 is one.
int parts_of(const Problem& problem) {
  if (problem.inputs[1].dtype == DType::bf16 || problem.precision == Precision::bf16) return 1;
  return problem.precision == Precision::tf32 ? 2 : 3;
}

template <typename Source, int kParts>
struct Mma {
  using Attributes = typename Source::Attributes;
  static bool supports(const Problem& problem) {
    const Attributes& attributes = problem.attribute<Attributes>();
    const TensorType& dy = problem.inputs[1];
    return has_one_storage(problem) && parts_of(problem) == kParts &&
           kernels::onehot_filter_gradient_mma_takes(extents(attributes, problem.inputs[0], dy),
                                                     Source::windows(attributes, dy));
  }
  static std::size_t scratch(const Problem& problem) {
    const Attributes& attributes = problem.attribute<Attributes>();
    return kernels::onehot_filter_gradient_mma_scratch(extents(attributes, problem.inputs[0], problem.inputs[1]),
                                                       Source::windows(attributes, problem.inputs[1]));
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& dna = context.inputs[0];
    kernels::onehot_filter_gradient_mma(
        extents(attributes, dna.type, context.inputs[1].type), kernels::dna_rows(dna.data, dna.shape()[1]),
        gradient_of<Source>(attributes, context), kParts, context.outputs[0].data, context.scratch, stream);
  }
};

template <typename Source>
void add_rows(ImplementationTable& table, const Operator& op) {
  const Implementation rows[] = {row<Mma<Source, 1>>("mma"), row<Mma<Source, 2>>("mma_split"),
                                 row<Mma<Source, 3>>("mma_split"), row<Direct<Source>>()};
  table.add(op, rows);
}

}  // namespace

void add_onehot_conv1d_gradient(ImplementationTable& table) {
  add_rows<FromDense>(table, ops::kOnehotConv1dBackwardFilters);
  add_rows<FromPooled>(table, ops::kOnehotConv1dPoolBackwardFilters);
}

}  // namespace genocuda::cuda
