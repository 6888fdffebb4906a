// SPDX-License-Identifier: Apache-2.0
#include "kernels/onehot_conv1d.h"

#include "core/ops/one_hot.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

struct OnehotConv1d {
  using Attributes = ops::OnehotConv1dAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const auto& [window, unknown] = attributes;
    const TensorView &dna = context.inputs[0], &filters = context.inputs[1], &y = context.outputs[0];
    const kernels::OnehotConv1d conv{y.shape()[0], y.shape()[1], y.shape()[2], window.width, window.stride,
                                     window.dilation, window.pad_left, unknown == UnknownBase::quarters};
    kernels::onehot_conv1d(conv, kernels::dna_rows(dna.data, dna.shape()[1]), storage_of(y), filters.data, y.data,
                           stream);
  }
};

}  // namespace

void add_onehot_conv1d(ImplementationTable& table) { table.add(ops::kOnehotConv1d, row<OnehotConv1d>()); }

}  // namespace genocuda::cuda
