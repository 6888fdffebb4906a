// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d.h"

#include "core/ops/one_hot.h"
#include "cuda/ops/onehot_rows.h"

namespace genocuda::cuda {
namespace {

/// The filters are operand 1, y is [batch, positions, filters].
kernels::OnehotConv1d extents(const ops::OnehotConv1dAttributes& attributes, const Shape& y) {
  const auto& [window, unknown] = attributes;
  return {y[0],
          y[1],
          y[2],
          window.width,
          window.stride,
          window.dilation,
          window.pad_left,
          unknown == UnknownBase::quarters};
}

struct OnehotConv1d {
  using Attributes = ops::OnehotConv1dAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &filters = context.inputs[1], &y = context.outputs[0];
    kernels::onehot_conv1d(extents(attributes, y.shape()), kernels::dna_rows(dna.data, dna.shape()[1]), storage_of(y),
                           filters.data, y.data, stream);
  }
};

template <kernels::FilterForm kForm>
struct OnehotConv1dMma {
  using Attributes = ops::OnehotConv1dAttributes;
  static bool supports(const Problem& problem) {
    return has_one_storage(problem) && filter_form(problem) == kForm &&
           kernels::onehot_mma_takes(extents(problem.attribute<Attributes>(), problem.outputs[0].shape));
  }
  static std::size_t scratch(const Problem& problem) {
    return kernels::onehot_mma_scratch(extents(problem.attribute<Attributes>(), problem.outputs[0].shape), kForm);
  }
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView &dna = context.inputs[0], &filters = context.inputs[1], &y = context.outputs[0];
    kernels::onehot_conv1d_mma(extents(attributes, y.shape()), kernels::dna_rows(dna.data, dna.shape()[1]), kForm,
                               storage_of(y), filters.data, y.data, context.scratch, stream);
  }
};

}  // namespace

void add_onehot_conv1d(ImplementationTable& table) {
  using kernels::FilterForm;
  const Implementation rows[] = {row<OnehotConv1dMma<FilterForm::bf16>>("mma"),
                                 row<OnehotConv1dMma<FilterForm::split>>("mma_split"), row<OnehotConv1d>()};
  table.add(ops::kOnehotConv1d, rows);
}

}  // namespace genocuda::cuda
