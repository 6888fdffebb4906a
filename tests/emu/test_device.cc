// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_device.h"
#include "tests/emu/emulated_device.h"

namespace genocuda {

std::unique_ptr<Device> make_test_device() { return make_emulated_device(); }

}  // namespace genocuda
