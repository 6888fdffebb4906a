// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/implementation.h"

namespace genocuda {

/// The implementations of CUDA devices, best first.
const ImplementationTable& cuda_implementations();

}  // namespace genocuda
