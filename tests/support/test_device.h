// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/device.h"

namespace genocuda {

/// The device on which a test program computes: the CPU, or emulated kernels of the GPU.
std::unique_ptr<Device> make_test_device();

}  // namespace genocuda
