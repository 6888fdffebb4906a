// SPDX-License-Identifier: Apache-2.0
#include "host/cpu_device.h"
#include "tests/support/test_device.h"

namespace genocuda {

std::unique_ptr<Device> make_test_device() { return make_cpu_device(); }

}  // namespace genocuda
