// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/device.h"

namespace genocuda {

/// The CPU. `threads` is the number of OpenMP threads, 0 for all that the process may use. Results do not depend on timing;
/// another number of threads may change them within rounding.
std::unique_ptr<Device> make_cpu_device(int threads = 0);

}  // namespace genocuda
