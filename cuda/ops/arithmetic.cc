// SPDX-License-Identifier: Apache-2.0
#include "kernels/arithmetic.h"

#include "core/ops/arithmetic.h"
#include "core/ops/matmul.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

using BinaryLauncher = void (*)(std::int64_t, kernels::Storage, const void*, const void*, void*, kernels::Stream);

template <BinaryLauncher launcher>
struct Binary {
  using Attributes = NoAttributes;
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView& y = context.outputs[0];
    launcher(y.elements(), storage_of(y), context.inputs[0].data, context.inputs[1].data, y.data, stream);
  }
};

struct Scale {
  using Attributes = ops::ScaleAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& y = context.outputs[0];
    kernels::scale(y.elements(), storage_of(y), static_cast<float>(attributes.factor),
                   static_cast<float>(attributes.offset), context.inputs[0].data, y.data, stream);
  }
};

struct Cast {
  using Attributes = NoAttributes;  // the output's type says all
  static bool supports(const Problem& problem) {
    return is_storable(problem.inputs[0].dtype) && is_storable(problem.outputs[0].dtype);
  }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &y = context.outputs[0];
    kernels::cast(y.elements(), storage_of(x), x.data, storage_of(y), y.data, stream);
  }
};

struct AddBias {
  using Attributes = NoAttributes;
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &bias = context.inputs[1], &y = context.outputs[0];
    kernels::add_bias(y.elements(), bias.elements(), storage_of(y), x.data, bias.data, y.data, stream);
  }
};

}  // namespace

void add_arithmetic(ImplementationTable& table) {
  table.add(ops::kAdd, row<Binary<kernels::add>>());
  table.add(ops::kSubtract, row<Binary<kernels::subtract>>());
  table.add(ops::kMultiply, row<Binary<kernels::multiply>>());
  table.add(ops::kScale, row<Scale>());
  table.add(ops::kCast, row<Cast>());
  table.add(ops::kAddBias, row<AddBias>());
}

}  // namespace genocuda::cuda
