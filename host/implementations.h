// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/implementation.h"

namespace genocuda {

/// The implementations of the CPU: for each operator its fast ones, best first, and the reference last.
const ImplementationTable& cpu_implementations();

}  // namespace genocuda
