// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_device.h"
#include "cuda/device.h"

namespace genocuda {

std::unique_ptr<Device> make_test_device() { return make_cuda_device(); }

}  // namespace genocuda
