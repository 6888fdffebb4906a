// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ops/activation.h"
#include "kernels/activation.h"

namespace genocuda::cuda {

/// An activation as kernels name it.
kernels::Activation function_of(const ops::ActivationAttributes& attributes);

}  // namespace genocuda::cuda
