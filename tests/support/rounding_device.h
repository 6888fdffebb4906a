// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/executable.h"

namespace genocuda {

/// The CPU with rows "rounded" for products: as the reference, in float, but with the operands rounded as tensor cores
/// take them in the precision of the executable (to nearest; TF32 ties away from zero, bf16 ties to even). What a
/// device then differs by is the order of its sums. The first layer, whose one operand is exact, is rounded in bf16
/// alone: in TF32 the kernels take its other operand in two parts. Products of few rows, which no tensor core computes,
/// are rounded here all the same.
std::unique_ptr<Device> make_rounding_device();

/// Makes an executable on it take those rows.
ExecutableOptions rounded_in(Precision precision);

}  // namespace genocuda
