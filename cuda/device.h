// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/device.h"

namespace genocuda {

/// How many GPUs CUDA sees; 0 where there is no driver.
int cuda_device_count();

/// The GPU of that number. Its memory is the driver's, its streams run apart from each other. Throws Error(device)
/// where there is no such GPU or it cannot be used, with what CUDA says.
std::unique_ptr<Device> make_cuda_device(int ordinal = 0);

}  // namespace genocuda
