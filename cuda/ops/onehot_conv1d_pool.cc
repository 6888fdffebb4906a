// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d_pool.h"

#include "core/ops/onehot_conv1d_pool.h"
#include "cuda/ops/activation_function.h"
#include "cuda/ops/onehot_rows.h"

namespace genocuda::cuda {
namespace {

using Attributes = ops::OnehotConv1dPoolAttributes;

/// Of sequences of `length` bases and y [batch, windows, filters].
kernels::OnehotConv1d convolution(const Attributes& attributes, std::int64_t length, const Shape& y) {
  const SlidingWindow& window = attributes.window;
  return {.batch = y[0],
          .positions = window.output_length(length),
          .filters = y[2],
          .width = window.width,
          .stride = window.stride,
          .dilation = window.dilation,
          .pad_left = window.pad_left,
          .quarters = attributes.unknown == UnknownBase::quarters};
}

kernels::OnehotPool pool(const Attributes& attributes, const Shape& y) {
  const SlidingWindow& window = attributes.pool;
  return {.windows = y[1],
          .width = window.width,
          .stride = window.stride,
          .pad_left = window.pad_left,
          .activated = attributes.activation.has_value(),
          .activation = function_of(attributes.activation.value_or(ops::ActivationAttributes{}))};
}

struct OnehotConv1dPool {
  using Attributes = cuda::Attributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &filters = context.inputs[1], &bias = context.inputs[2];
    const TensorView &y = context.outputs[0], &argmax = context.outputs[1];
    const std::int64_t length = dna.shape()[1];
    kernels::onehot_conv1d_pool(convolution(attributes, length, y.shape()), pool(attributes, y.shape()),
                                kernels::dna_rows(dna.data, length), storage_of(y), filters.data, bias.data, y.data,
                                argmax.as<std::uint8_t>(), stream);
  }
};

template <kernels::FilterForm kForm>
struct OnehotConv1dPoolMma {
  using Attributes = cuda::Attributes;
  static kernels::OnehotConv1d convolution_of(const Problem& problem) {
    return convolution(problem.attribute<Attributes>(), problem.inputs[0].shape[1], problem.outputs[0].shape);
  }
  static bool supports(const Problem& problem) {
    return has_one_storage(problem) && filter_form(problem) == kForm &&
           kernels::onehot_pool_mma_takes(convolution_of(problem),
                                          pool(problem.attribute<Attributes>(), problem.outputs[0].shape));
  }
  static std::size_t scratch(const Problem& problem) {
    return kernels::onehot_mma_scratch(convolution_of(problem), kForm);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &filters = context.inputs[1], &bias = context.inputs[2];
    const TensorView &y = context.outputs[0], &argmax = context.outputs[1];
    const std::int64_t length = dna.shape()[1];
    kernels::onehot_conv1d_pool_mma(convolution(attributes, length, y.shape()), pool(attributes, y.shape()),
                                    kernels::dna_rows(dna.data, length), kForm, storage_of(y), filters.data, bias.data,
                                    y.data, argmax.as<std::uint8_t>(), context.scratch, stream);
  }
};

}  // namespace

void add_onehot_conv1d_pool(ImplementationTable& table) {
  using kernels::FilterForm;
  const Implementation rows[] = {row<OnehotConv1dPoolMma<FilterForm::bf16>>("mma"),
                                 row<OnehotConv1dPoolMma<FilterForm::split>>("mma_split"), row<OnehotConv1dPool>()};
  table.add(ops::kOnehotConv1dPool, rows);
}

}  // namespace genocuda::cuda
