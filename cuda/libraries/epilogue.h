// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/implementation.h"
#include "cuda/ops/activation_function.h"
#include "cuda/ops/rows.h"
#include "kernels/activation.h"
#include "kernels/arithmetic.h"

namespace genocuda::cuda {

/// The bias, input 2, and the activation of a fused operator whose product a library has written: in passes of their
/// own over the output.
inline void finish_product(const RunContext& context, const std::optional<ops::ActivationAttributes>& activation) {
  const TensorView &bias = context.inputs[2], &y = context.outputs[0];
  const kernels::Stream stream = native(context.stream);
  kernels::add_bias(y.elements(), y.shape()[-1], storage_of(y), y.data, bias.data, y.data, stream);
  if (activation) kernels::activation(y.elements(), storage_of(y), function_of(*activation), y.data, y.data, stream);
}

}  // namespace genocuda::cuda
