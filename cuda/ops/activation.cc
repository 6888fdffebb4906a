// SPDX-License-Identifier: Apache-2.0
#include "kernels/activation.h"

#include "core/error.h"
#include "cuda/ops/activation_function.h"
#include "cuda/ops/rows.h"

namespace genocuda::cuda {
namespace {

kernels::ActivationKind kind_of(ActivationKind kind) {
  using To = kernels::ActivationKind;
  switch (kind) {
    case ActivationKind::sigmoid:
      return To::sigmoid;
    case ActivationKind::tanh:
      return To::tanh;
    case ActivationKind::relu:
      return To::relu;
    case ActivationKind::thresholded_relu:
      return To::thresholded_relu;
    case ActivationKind::leaky_relu:
      return To::leaky_relu;
    case ActivationKind::softplus:
      return To::softplus;
    case ActivationKind::elu:
      return To::elu;
    case ActivationKind::gelu:
      return To::gelu;
    case ActivationKind::exp:
      return To::exp;
    case ActivationKind::log1p:
      return To::log1p;
  }
  throw Error(ErrorKind::internal, "no kernel of activation {}", static_cast<int>(kind));
}

struct Activation {
  using Attributes = ops::ActivationAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& y = context.outputs[0];
    kernels::activation(y.elements(), storage_of(y), function_of(attributes), context.inputs[0].data, y.data, stream);
  }
};

struct ActivationGradient {
  using Attributes = ops::ActivationAttributes;
  static void run(const Attributes& attributes, const RunContext& context, kernels::Stream stream) {
    const TensorView& result = context.outputs[0];
    kernels::activation_gradient(result.elements(), storage_of(result), function_of(attributes), context.inputs[0].data,
                                 context.inputs[1].data, ops::derivative_from_output(attributes), result.data, stream);
  }
};

/// The axes of a tensor before the last, as one.
std::int64_t rows_of(const Shape& shape) { return shape.product(0, shape.rank() - 1); }

struct Prelu {
  using Attributes = NoAttributes;
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &x = context.inputs[0], &slope = context.inputs[1];
    kernels::prelu(rows_of(x.shape()), slope.elements(), storage_of(x), x.data, slope.data, context.outputs[0].data,
                   stream);
  }
};

struct PreluBackward {
  using Attributes = NoAttributes;
  static std::size_t scratch(const Problem& problem) {
    const Shape& x = problem.inputs[1].shape;
    return kernels::prelu_backward_scratch(rows_of(x), x[-1]);
  }
  static void run(const Attributes&, const RunContext& context, kernels::Stream stream) {
    const TensorView &dy = context.inputs[0], &x = context.inputs[1], &slope = context.inputs[2];
    kernels::prelu_backward(rows_of(x.shape()), slope.elements(), storage_of(x), dy.data, x.data, slope.data,
                            context.outputs[0].data, context.outputs[1].data, context.scratch, stream);
  }
};

}  // namespace

kernels::Activation function_of(const ops::ActivationAttributes& attributes) {
  return {kind_of(attributes.kind), static_cast<float>(attributes.alpha)};
}

void add_activation(ImplementationTable& table) {
  table.add(ops::kActivation, row<Activation>());
  table.add(ops::kActivationGradient, row<ActivationGradient>());
  table.add(ops::kPrelu, row<Prelu>());
  table.add(ops::kPreluBackward, row<PreluBackward>());
}

}  // namespace genocuda::cuda
